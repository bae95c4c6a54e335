import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { KubeConfig, makeInformer, type V1Pod } from "@kubernetes/client-node"
import { Effect, Stream } from "effect"
import { type Call, Client } from "../../../packages/provider-k8s/src/Client.ts"
import { podsPath } from "../../../packages/provider-k8s/src/objects/paths.ts"
import { watch } from "../../../packages/provider-k8s/src/objects/watch.ts"
import type { WirePod } from "../../../packages/provider-k8s/src/objects/wire.ts"
import { type ControlPlane, create, endlessNode, heldBytes, onControlPlane, pod, remove } from "../kube/controlPlane.ts"
import type { BenchResult } from "../main.ts"

const podCount = 5_000
const eventCount = 100_000
const rounds = 3
const namespace = "default"
const call = { operation: "bench", kind: "pod", name: "", path: podsPath(namespace) }
const dir = mkdtempSync(join(tmpdir(), "orrery-watch-bench-"))

/** What a real server told of pods that came, ran and went, as it was on the wire. */
interface Churn {
  readonly lines: ReadonlyArray<string>
  /** What our watch told meanwhile, by pod: the versions in their order. */
  readonly told: ReadonlyMap<string, ReadonlyArray<string>>
}

const versionOf = ({ metadata }: WirePod): string => metadata?.resourceVersion ?? ""

/** Makes and removes the pods while our watch looks on, and keeps each line that it is given. */
const churn = async ({ all, client }: ControlPlane): Promise<Churn> => {
  const lines: Array<string> = []
  const told = new Map<string, Array<string>>()
  let gone = 0
  const ended = Promise.withResolvers<void>()
  const listed = Promise.withResolvers<void>()
  const keeping = {
    ...client,
    lines: (asked: Call) => Stream.tap(client.lines(asked), (line) => Effect.sync(() => void lines.push(line)))
  }
  const looking = watch<WirePod>(call).pipe(
    Stream.tap((change) => Effect.sync(() => change.type === "Synced" && listed.resolve())),
    Stream.filter((change) => change.type !== "Synced"),
    Stream.runForEach(({ object, type }) =>
      Effect.sync(() => {
        const name = object.metadata?.name ?? ""
        told.set(name, [...(told.get(name) ?? []), versionOf(object)])
        if (type === "Gone" && ++gone === podCount) ended.resolve()
      })
    ),
    Effect.provideService(Client, keeping)
  )
  const end = new AbortController()
  Effect.runPromise(looking, { signal: end.signal }).catch(ended.reject)
  // what the first list told would be on no watch's wire
  await listed.promise
  await all(podCount, (index) => create(client, call.path, pod(`p${index}`, "n0")))
  await all(podCount, (index) => remove(client, `${call.path}/p${index}`))
  await ended.promise
  end.abort()
  return { lines: lines.filter((line) => !line.startsWith('{"type":"BOOKMARK"')), told }
}

/** Of each pod, everything that was on the wire was told, in that order. */
const judge = ({ lines, told }: Churn): void => {
  const wire = new Map<string, Array<string>>()
  for (const line of lines) {
    const { object } = JSON.parse(line) as { readonly object: WirePod }
    const name = object.metadata?.name ?? ""
    wire.set(name, [...(wire.get(name) ?? []), versionOf(object)])
  }
  for (const [name, versions] of wire)
    if (told.get(name)?.join() !== versions.join())
      throw new Error(`${name}: ${versions} on the wire, told ${told.get(name)}`)
}

/** A server that replays the churn, in a process of its own, and a kubeconfig that leads to it. */
const replaying = async <A>(lines: ReadonlyArray<string>, use: (kubeconfig: string) => Promise<A>): Promise<A> => {
  const file = join(dir, "churn")
  writeFileSync(file, `${lines.join("\n")}\n`)
  const script = join(import.meta.dirname, "..", "kube", "replay.ts")
  const child = spawn(process.execPath, [script, file, String(eventCount)], { stdio: ["ignore", "pipe", "inherit"] })
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout.once("data", (text) => resolve(String(text).trim()))
    )
    const cluster = {
      name: "replay",
      cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true }
    }
    const kubeconfig = join(dir, "kubeconfig")
    const context = { name: "replay", context: { cluster: "replay", user: "replay" } }
    const users = [{ name: "replay", user: {} }]
    writeFileSync(
      kubeconfig,
      JSON.stringify({ clusters: [cluster], users, contexts: [context], "current-context": "replay" })
    )
    return await use(kubeconfig)
  } finally {
    child.kill()
  }
}

const changes = watch<WirePod>(call).pipe(Stream.filter((change) => change.type !== "Synced"))

const readAll = (kubeconfig: string, told: typeof changes): Promise<void> =>
  told.pipe(Stream.take(eventCount), Stream.runDrain, Effect.provide(Client.layer({ kubeconfig })), Effect.runPromise)

/** Events a second through our watch. */
const ours = async (kubeconfig: string): Promise<number> => {
  const beganMs = performance.now()
  await readAll(kubeconfig, changes)
  return (eventCount / (performance.now() - beganMs)) * 1000
}

/** What is held after every fifth of the events. */
const heldWhile = async (kubeconfig: string): Promise<ReadonlyArray<number>> => {
  const held: Array<number> = []
  let seen = 0
  const look = Effect.promise(async () => void held.push(await heldBytes()))
  const looked = Stream.tap(changes, () => (++seen % (eventCount / 5) === 0 ? look : Effect.void))
  await readAll(kubeconfig, looked)
  return held
}

/** The same through the SDK's informer. */
const theirs = async (kubeconfig: string): Promise<number> => {
  const kube = new KubeConfig()
  kube.loadFromFile(kubeconfig)
  const list = async () => ({ metadata: { resourceVersion: "1" }, items: [] })
  const informer = makeInformer<V1Pod>(kube, call.path, list)
  const done = Promise.withResolvers<void>()
  let seen = 0
  const count = () => ++seen === eventCount && done.resolve()
  for (const verb of ["add", "update", "delete"] as const) informer.on(verb, count)
  informer.on("error", done.reject)
  const beganMs = performance.now()
  await informer.start()
  await done.promise
  const ms = performance.now() - beganMs
  await informer.stop()
  return (eventCount / ms) * 1000
}

const median = (values: ReadonlyArray<number>): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

/** Events of 5,000 pods that come and go, through our watch beside the SDK's informer; all told in order, memory flat over 100,000. */
export const run = async (): Promise<BenchResult> => {
  const seen = await onControlPlane(async (plane) => {
    await Effect.runPromise(create(plane.client, "/api/v1/nodes", endlessNode("n0")))
    return churn(plane)
  })
  judge(seen)
  return replaying(seen.lines, async (kubeconfig) => {
    const speeds = { ours: [] as Array<number>, theirs: [] as Array<number> }
    await ours(kubeconfig)
    await theirs(kubeconfig)
    for (let round = 0; round < rounds; round++) {
      speeds.ours.push(await ours(kubeconfig))
      speeds.theirs.push(await theirs(kubeconfig))
    }
    const held = await heldWhile(kubeconfig)
    const value = median(speeds.ours)
    const rival = median(speeds.theirs)
    return {
      value: Math.round(value),
      unit: `events/s, ${seen.lines.length} told in order by the real server`,
      against: `the SDK's informer, ${Math.round(rival)}/s`,
      ratio: value / rival,
      curve: held.map((bytes, index) => ({
        events: ((index + 1) * eventCount) / 5,
        heldMib: Math.round((bytes / 2 ** 20) * 10) / 10
      }))
    }
  })
}
