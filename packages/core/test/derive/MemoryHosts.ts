import { Clock, Effect, Layer, Stream } from "effect"
import {
  because,
  type HostedPod,
  Hosts,
  type Node,
  type RunRequest,
  Stale,
  type StoredDocument
} from "../../src/index.ts"
import { everything } from "./MemoryMachines.ts"

export const hostOf = (name: string, cpuMilli = 4_000): Node => ({
  name,
  id: name,
  cluster: "hosts",
  pool: "hosts",
  state: "ready",
  schedulable: true,
  instanceType: "host",
  zone: "a",
  market: "on-demand",
  labels: {},
  taints: [],
  capacity: { cpuMilli, memoryBytes: 16_000_000_000, gpuMilli: 0 },
  microUsdPerHour: 0,
  createdAtMs: 0
})

interface Running {
  readonly request: RunRequest
  readonly node: string
  readonly startedAtMs: number
  stoppedAtMs: number | undefined
}

const startMs = 3_000
/** What a pod of a job does is said by its image: `work/60000-0` runs for a minute and ends with 0. */
const fateOf = ({ owner, spec }: RunRequest): readonly [runMs: number, exitCode: number] => {
  const match = /(\d+)-(\d+)$/.exec(spec.containers[0]?.image ?? "")
  return owner.kind === "deployment" || match === null
    ? [Number.POSITIVE_INFINITY, 0]
    : [Number(match[1]), Number(match[2])]
}

/** Hosts in memory: they outlive the programs that use them. */
export class Rack {
  nodes: Array<Node> = [hostOf("a"), hostOf("b"), hostOf("c")]
  readonly silent = new Set<string>()
  readonly pods = new Map<string, Running>()
  readonly documents = new Map<string, StoredDocument>()
  /** What reads show instead of what is, while they lag behind. */
  lagging: ReadonlyArray<HostedPod> | undefined
  /** Every start of a pod that was not running already, by `namespace/name`. */
  readonly starts: Array<string> = []
  writes = 0

  show(nowMs: number): ReadonlyArray<HostedPod> {
    return [...this.pods.values()]
      .filter(({ node }) => !this.silent.has(node) && this.nodes.some(({ name }) => name === node))
      .map(({ node, request, startedAtMs, stoppedAtMs }) => {
        const [runMs, exitCode] = fateOf(request)
        const pod = { ...request, node, createdAtMs: startedAtMs, startedAtMs }
        const endedAtMs = Math.min(stoppedAtMs ?? Number.POSITIVE_INFINITY, startedAtMs + runMs)
        if (endedAtMs <= nowMs)
          return endedAtMs === stoppedAtMs
            ? { ...pod, state: "failed", exitCode: 143, reason: "stopped", endedAtMs }
            : { ...pod, state: exitCode === 0 ? "succeeded" : "failed", exitCode, endedAtMs }
        return { ...pod, state: nowMs - startedAtMs < startMs ? "pulling" : "ready" }
      })
  }
  alive(nowMs: number): ReadonlyArray<string> {
    return this.show(nowMs).flatMap(({ name, state }) => (state === "succeeded" || state === "failed" ? [] : [name]))
  }
}

const keyOf = ({ name, namespace }: { readonly name: string; readonly namespace: string }) => `${namespace}/${name}`

/** The Hosts port over a rack in memory. */
export const memoryHosts = (rack: Rack): Layer.Layer<Hosts> =>
  Layer.succeed(Hosts, {
    backend: "memory",
    capabilities: everything,
    nodes: Effect.sync(() => [...rack.nodes]),
    pods: Effect.map(Clock.currentTimeMillis, (nowMs) => ({
      pods: rack.lagging ?? rack.show(nowMs),
      silent: [...rack.silent]
    })),
    run: (node, request) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) => {
        const key = `${node}/${keyOf(request)}`
        if (!rack.pods.has(key)) {
          rack.starts.push(keyOf(request))
          rack.pods.set(key, { request, node, startedAtMs: nowMs, stoppedAtMs: undefined })
        }
        return { ...request, node, createdAtMs: nowMs, state: "pulling" }
      }),
    stop: (pod) =>
      Effect.map(Clock.currentTimeMillis, (nowMs) => {
        const running = rack.pods.get(`${pod.node}/${keyOf(pod)}`)
        if (running !== undefined) running.stoppedAtMs ??= nowMs
      }),
    remove: (pod) => Effect.sync(() => void rack.pods.delete(`${pod.node}/${keyOf(pod)}`)),
    logs: (pod) => Stream.make({ source: pod.name, text: `${pod.name} says hello` }),
    exec: (pod, command) => Effect.succeed({ exitCode: 0, stdout: `${pod.name}: ${command.join(" ")}`, stderr: "" }),
    cordon: (name, cordoned) =>
      Effect.sync(() => {
        rack.nodes = rack.nodes.map((node) => (node.name === name ? { ...node, schedulable: !cordoned } : node))
      }),
    documents: {
      list: (prefix) => Effect.sync(() => [...rack.documents.values()].filter(({ key }) => key.startsWith(prefix))),
      read: (key) => Effect.sync(() => rack.documents.get(key)),
      write: (key, body, expected) =>
        Effect.suspend(() => {
          if (rack.documents.get(key)?.version !== expected)
            return Effect.fail(because(new Stale({ backend: "memory", operation: "documents.write", detail: key })))
          rack.writes++
          const written = { key, body, version: `v${rack.writes}` }
          rack.documents.set(key, written)
          return Effect.succeed(written)
        }),
      remove: (key) => Effect.sync(() => void rack.documents.delete(key))
    }
  })
