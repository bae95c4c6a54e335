import { Console, Effect, Option, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import type { Backend } from "../backend/Backend.ts"
import { badInput } from "../input/InputError.ts"
import { readNamed } from "../input/Target.ts"
import { refOf } from "../kinds.ts"
import { Count, connect, dryRunFlag, printedAs, scope } from "./flags.ts"

const scalable = [
  { singular: "deployment", plural: "deployments", aliases: ["deploy"] },
  { singular: "pool", plural: "pools", aliases: ["nodepool"] }
] as const

/** The cluster that was named, or the only one there is. */
const clusterOf = Effect.fnUntraced(function* (backend: Backend, named: Option.Option<string>) {
  if (Option.isSome(named)) return named.value
  const { listClusters } = yield* backend.clusters
  const names = yield* listClusters.pipe(
    Stream.map(({ name }) => name),
    Stream.runCollect
  )
  const [only] = names
  return names.length === 1 && only !== undefined
    ? only
    : yield* badInput("it is not clear whose pool is meant", `add --cluster ${names.join(" or ")}`)
})

/** Sets how many replicas a deployment has, or how many machines a pool. */
export const scale = Command.make(
  "scale",
  {
    target: Argument.String("target").pipe(
      Argument.withMetavar("deployment/NAME|pool/NAME"),
      Argument.variadic({ min: 1, max: 2 })
    ),
    replicas: Flag.Int("replicas").pipe(
      Flag.withAlias("r"),
      Flag.withSchema(Count),
      Flag.withDescription("How many there shall be")
    ),
    cluster: Flag.String("cluster").pipe(Flag.optional, Flag.withDescription("Whose pool is meant")),
    dryRun: dryRunFlag
  },
  Effect.fn("cli.scale")(function* ({ cluster, dryRun, replicas, target }) {
    yield* printedAs("table")
    const { kind, name } = yield* Effect.fromResult(readNamed(target, scalable, "scale it"))
    if (dryRun) return yield* Console.log(`would scale ${kind.singular}/${name} to ${replicas}`)
    const backend = yield* connect()
    const where = yield* scope
    if (kind.singular === "pool")
      yield* (yield* backend.clusters).scalePool(yield* clusterOf(backend, cluster), name, replicas)
    else yield* (yield* backend.containers).scaleDeployment(refOf(name, where), replicas)
    yield* Console.log(`${kind.singular}/${name} scaled to ${replicas}`)
  }, Effect.scoped)
).pipe(
  Command.withDescription("Set how many replicas a deployment has, or how many machines a pool"),
  Command.withExamples([{ command: "compute scale deployment/web-app --replicas 5" }])
)
