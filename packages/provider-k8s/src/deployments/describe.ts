import type { Container, DeploymentStatus, EnvVar, InNamespace, Pod, Ref } from "@orrery/core"
import { printBytes, printCpu } from "@orrery/core"
import { Clock, Effect, Stream } from "effect"
import { getDeployment, uidOf, wirePods } from "../containerManager.ts"
import { labelOf, selectorText } from "../objects/labels.ts"
import { list } from "../objects/list.ts"
import { replicaSetsPath } from "../objects/paths.ts"
import type { WirePod, WireReplicaSet } from "../objects/wire.ts"
import { diagnose, sayDiagnosis } from "../pods/diagnose.ts"
import { eventsOf, type HappenedTo } from "../pods/events.ts"
import { fromPod } from "../translate/pod.ts"

/** What happened to a deployment, its ReplicaSets and its pods, the oldest first. */
export const events = Effect.fn("kubernetes.events")(function* (ref: InNamespace<Ref>) {
  const { name, namespace } = ref
  const subject = { operation: "events", kind: "deployment", name }
  const query = { labelSelector: selectorText({ [labelOf.deployment]: name }) }
  const uid = yield* uidOf("events", ref)
  const sets = yield* Stream.runCollect(list<WireReplicaSet>({ ...subject, path: replicaSetsPath(namespace), query }))
  const pods = yield* Stream.runCollect(wirePods(ref))
  const uids = [uid, ...[...sets, ...pods].map(({ metadata }) => metadata?.uid ?? "")]
  return yield* eventsOf("events", namespace, new Set(uids))
})

// a value may be a secret that somebody wrote down: what is set is told, and never to what
const sayVariable = ({ name, secret }: EnvVar): string =>
  secret === undefined ? `${name} is set` : `${name} from secret ${secret.name}, key ${secret.key}`

const sayContainer = ({ environment, image, mounts, name, ports, resources: { limits, requests } }: Container) => [
  `  container ${name}: ${image}`,
  ...ports.map(({ containerPort, name: called, protocol }) => `    port ${containerPort}/${protocol} ${called ?? ""}`),
  `    asks for ${printCpu(requests.cpuMilli)} cpu, ${printBytes(requests.memoryBytes)} memory`,
  ...(limits === undefined
    ? []
    : [`    at most ${printCpu(limits.cpuMilli)} cpu, ${printBytes(limits.memoryBytes)} memory`]),
  ...environment.map((variable) => `    variable ${sayVariable(variable)}`),
  ...mounts.map(({ name: volume, path }) => `    ${path} is volume ${volume}`)
]

const sayStatus = ({ message, replicas, revision, spec, state }: DeploymentStatus): ReadonlyArray<string> => [
  `deployment ${spec.name} in ${spec.namespace}`,
  `state ${state}${message === undefined ? "" : `: ${message}`}`,
  `replicas ${replicas.ready} ready of ${replicas.desired}, ${replicas.updated} of revision ${revision}`,
  `strategy ${spec.strategy.type}`,
  "template",
  ...spec.template.spec.containers.flatMap(sayContainer)
]

const restartsOf = ({ status }: WirePod): number =>
  (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0)

const sayPod = (wire: WirePod): string => {
  const { name, node, state }: Pod = fromPod(wire)
  const trouble = diagnose(wire)
  const where = node === undefined ? "" : ` on ${node}`
  const why = trouble === undefined ? "" : `: ${sayDiagnosis(trouble)}`
  return `  ${name} ${state}${where}, ${restartsOf(wire)} restarts${why}`
}

const eventsMax = 20

const sayEvent = (nowMs: number, { atMs, count, kind, message, name, reason, warning }: HappenedTo): string => {
  const ago = `${Math.max(0, Math.round((nowMs - atMs) / 1000))} s ago`
  return `  ${ago}${count > 1 ? `, ${count} times` : ""}, ${kind} ${name}: ${warning ? "warning " : ""}${reason}: ${message}`
}

/** All that is known of a deployment, for a person. Values of variables are not in it. */
export const describe = Effect.fn("kubernetes.describe")(function* (ref: InNamespace<Ref>) {
  const status = yield* getDeployment(ref)
  const pods = yield* Stream.runCollect(wirePods(ref))
  const happened = yield* events(ref)
  const nowMs = yield* Clock.currentTimeMillis
  const lines = [
    ...sayStatus(status),
    "pods",
    ...pods.map(sayPod),
    "events",
    ...happened.slice(-eventsMax).map((event) => sayEvent(nowMs, event))
  ]
  return `${lines.join("\n")}\n`
})
