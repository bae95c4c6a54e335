import { because, Failed } from "@orrery/core"
import { Effect, Stream } from "effect"
import { Client } from "../Client.ts"
import { getNode } from "../nodes/nodes.ts"
import { list } from "../objects/list.ts"
import type { Machine, MachineMaker } from "./MachineMaker.ts"

/** Takes a node's machine away. Whoever makes the machines empties it before, and fills its pool up again. */
export const removeMachine = Effect.fnUntraced(function* (maker: MachineMaker, operation: string, node: string) {
  const client = yield* Client
  yield* getNode(node)
  const call = { operation, kind: "machine", name: node }
  const machines = yield* Stream.runCollect(list<Machine>({ ...call, path: maker.machinePath() }))
  const found = machines.find((machine) => maker.nodeOf(machine) === node)
  if (found === undefined)
    return yield* because(
      new Failed({
        backend: "kubernetes",
        operation,
        detail: `${maker.title} made no machine for node ${node}`,
        hint: "take it away where it was made"
      })
    )
  const body = { preconditions: { uid: found.metadata?.uid } }
  yield* client.request({ ...call, method: "DELETE", path: maker.machinePath(found.metadata?.name), body }).pipe(
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.void
    )
  )
})
