import { type ComputeError, printBytes, printCpu, type Resources } from "@orrery/core"
import { Effect, Stream } from "effect"
import { nodeUsage, podUsage } from "../admin/usage.ts"
import { Client } from "../Client.ts"
import { bear } from "../objects/bear.ts"
import { list } from "../objects/list.ts"
import { pathOf } from "../objects/paths.ts"
import type { WireObject } from "../objects/wire.ts"
import { hashNames } from "./hashNames.ts"
import { kept } from "./Shape.ts"
import { type Source, sources } from "./sources.ts"

/** How a live cluster is written down. */
export interface ScenarioOptions {
  /** Changes every name into one that tells nothing. */
  readonly hashNames?: boolean
}

/** Where measured use is kept; placement looks at requests alone. */
export const usedCpu = "orrery/used-cpu"
export const usedMemory = "orrery/used-memory"

const annotated = ({ cpuMilli, memoryBytes }: Resources) => ({
  [usedCpu]: printCpu(cpuMilli),
  [usedMemory]: printBytes(memoryBytes)
})

/** What is used, by the name of the pod or node; nothing where nobody measures, or where we may not ask. */
const usage = Effect.gen(function* () {
  const nodes = yield* bear(nodeUsage)
  const pods = yield* bear(podUsage())
  return new Map<string, ReturnType<typeof annotated>>([
    ...nodes.map(({ name, used }) => [`Node /${name}`, annotated(used)] as const),
    ...pods.map(({ name, namespace, used }) => [`Pod ${namespace}/${name}`, annotated(used)] as const)
  ])
}).pipe(
  Effect.catchIf(
    ({ reason }) => reason._tag === "Unsupported" || reason._tag === "Forbidden" || reason._tag === "Unavailable",
    () => Effect.succeed(new Map<string, ReturnType<typeof annotated>>())
  )
)

const thingsOf = ({ apiVersion, kind, plural, query = {}, shape }: Source) =>
  Stream.runCollect(
    list<WireObject>({ operation: "liveScenario", kind, name: "", path: pathOf(apiVersion, plural), query }).pipe(
      Stream.map((thing) => ({ apiVersion, kind, ...kept(thing, shape) }) as { readonly kind: string } & WireObject)
    )
  )

/** The cluster's own first namespace tells it from all others, and is no secret to those who may see it. */
const saltOf: Effect.Effect<string, ComputeError, Client> = Effect.gen(function* () {
  const client = yield* Client
  const found = yield* client.request<WireObject>({
    operation: "liveScenario",
    kind: "namespace",
    name: "kube-system",
    path: pathOf("v1", "namespaces", { name: "kube-system" })
  })
  return found.metadata?.uid ?? ""
})

/**
 * What decides where pods go, as it is now: nodes, pods, budgets, classes, services, and what is used. No secrets, commands
 * or variables: only what is named in `sources.ts` is kept.
 */
export const liveScenario = Effect.fn("kubernetes.liveScenario")(function* (options: ScenarioOptions = {}) {
  const used = yield* usage
  const found = (yield* Effect.forEach(sources, (source) => bear(thingsOf(source)))).flat()
  const things = found.map((thing) => {
    const { name = "", namespace = "" } = thing.metadata ?? {}
    const annotations = used.get(`${thing.kind} ${namespace}/${name}`)
    return annotations === undefined ? thing : { ...thing, metadata: { ...thing.metadata, annotations } }
  })
  return options.hashNames === true ? hashNames(things, yield* saltOf) : things
})
