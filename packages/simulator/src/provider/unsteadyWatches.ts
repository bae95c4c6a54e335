import { type ComputeError, type Middleware, middleware } from "@orrery/core"
import { Effect, Stream } from "effect"
import { uniformInteger } from "../engine/math/sample.ts"
import { fateOf } from "./fateOf.ts"
import type { World } from "./World.ts"

const watches = new Set(["watchCluster", "watchDeployment", "watch"])
const lateMsMax = 20_000

/** Watches as they come over a bad wire: cut, silent, held up, or telling a thing twice. What is lost on the way stays lost. */
export const unsteadyWatches = (world: World): Middleware => {
  const { dice, streams } = world
  const carried = <A>(operation: string, event: A): Effect.Effect<ReadonlyArray<A> | "closed", ComputeError> =>
    Effect.gen(function* () {
      if ((yield* fateOf(world, operation)) === "closed") return "closed"
      if (dice.hitsCall(operation, "eventLatePerMille"))
        yield* Effect.sleep(uniformInteger(streams.named(`late/${operation}`), 1, lateMsMax))
      return dice.hitsCall(operation, "eventTwicePerMille") ? [event, event] : [event]
    })
  return middleware({
    effect: (_operation, _args, call) => call,
    stream: (operation, _args, call) =>
      watches.has(operation.method)
        ? call.pipe(
            Stream.mapEffect((event) => carried(operation.name, event)),
            Stream.takeWhile((events) => events !== "closed"),
            Stream.flattenIterable
          )
        : call
  })
}
