import { mkdtempSync, readFileSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { Command, type Cut, killRepeatedly } from "./Command.ts"
import { Draws, seeds } from "./Draws.ts"
import { Namespace } from "./Namespace.ts"
import { SlowWire } from "./SlowWire.ts"

const kubeconfig = readFileSync(process.env.ORRERY_K8S_KUBECONFIG ?? "/dev/null", "utf8")
const server = /https:\/\/127\.0\.0\.1:(\d+)/
const dir = mkdtempSync(join(tmpdir(), "compute-kill-"))

const wishes = (namespace: string, tag: string, replicas: number) => `deployments:
  - {name: web, namespace: ${namespace}, image: "web:${tag}", replicas: ${replicas}, node_selector: {for: ${namespace}}}
  - {name: api, namespace: ${namespace}, image: "api:1.0", replicas: ${replicas}, node_selector: {for: ${namespace}}}
jobs:
  - {name: train, namespace: ${namespace}, image: "train:1", completions: 2, parallelism: 2, node_selector: {for: ${namespace}}}
`
const full = (namespace: string) => wishes(namespace, "2.0", 3)
const old = (namespace: string) => wishes(namespace, "1.0", 1)
/** What stands there when all is done; a deployment keeps a ReplicaSet of each template it ever had. */
const wanted = (templatesOfWeb: number) => ({
  "Deployment api": 1,
  "Deployment web": 1,
  "Job train": 1,
  "Pod api": 3,
  "Pod train": 2,
  "Pod web": 3,
  "ReplicaSet api": 1,
  "ReplicaSet web": templatesOfWeb
})

/** How late what a killed run sent may arrive: while the next run is at work, and not after it. */
const lateMsMax = 2_000
const wires: Array<SlowWire> = []
const namespaces: Array<Namespace> = []
/** What whole runs send when nobody kills them. */
const parcels = { create: 0, update: 0, delete: 0 }
/** How much had been sent at each kill that found the command at work. */
const kills: Array<number> = []

/** A wire, a command over it, and a place of its own with something foreign in it. */
const open = async (name: string) => {
  const wire = await SlowWire.open(Number(server.exec(kubeconfig)?.[1]))
  wires.push(wire)
  const file = join(dir, `${name}.kubeconfig`)
  writeFileSync(file, kubeconfig.replace(server, `https://127.0.0.1:${wire.port}`))
  const namespace = await Namespace.make(name, "web")
  namespaces.push(namespace)
  const compute = new Command(wire, { COMPUTE_BACKEND: "kubernetes", KUBECONFIG: file })
  return { wire, compute, name, namespace, before: await namespace.everything() }
}
type Opened = Awaited<ReturnType<typeof open>>

/** Runs `apply` to its end and once more, and looks at what is there. */
const converges = async ({ before, compute, name, namespace }: Opened, templatesOfWeb: number) => {
  const last = await compute.apply(full(name))
  expect([last.code, last.err]).toEqual([0, ""])
  expect(await namespace.added(before, 8)).toEqual(wanted(templatesOfWeb))
  const again = await compute.apply(full(name))
  expect([again.code, again.out]).toEqual([
    0,
    expect.stringMatching(/^= deployment\/web {2}as wanted\n= deployment\/api {2}as wanted\n= job\/train {2}\w+\n$/)
  ])
}

/** Runs `delete` to its end; what is left is what was there before. */
const leavesNothing = async ({ before, compute, name, namespace }: Opened) => {
  const gone = await compute.delete(full(name))
  expect([gone.code, gone.err]).toEqual([0, ""])
  expect(await namespace.everything()).toEqual(before)
}

beforeAll(async () => {
  const { compute, name } = await open("measured")
  parcels.create = (await compute.apply(old(name))).parcels
  parcels.update = (await compute.apply(full(name))).parcels
  parcels.delete = (await compute.delete(full(name))).parcels
}, 300_000)

afterAll(async () => {
  await Promise.all(wires.map((wire) => wire.close()))
  await Promise.all(namespaces.map((namespace) => namespace.remove()))
  console.log(`${kills.length} kills, after ${kills.toSorted((a, b) => a - b)} parcels of ${JSON.stringify(parcels)}`)
  expect(kills.length).toBeGreaterThanOrEqual(seeds.length)
})

/** The three stories share the seeds. */
const share = (remainder: number) => seeds.filter((seed) => seed % 3 === remainder)

it.concurrent.for(share(0))(
  "killed while it makes things, apply run again ends it: seed %i",
  { timeout: 600_000 },
  async (seed) => {
    const opened = await open(`made-${seed}`)
    const { compute, name, wire } = opened
    const draws = new Draws(seed)
    wire.lateMs = draws.between(0, lateMsMax)
    kills.push(...(await killRepeatedly(draws, parcels.create, (cut) => compute.apply(full(name), cut))))
    await converges(opened, 1)
    kills.push(...(await killRepeatedly(draws, parcels.delete, (cut) => compute.delete(full(name), cut))))
    await leavesNothing(opened)
  }
)

it.concurrent.for(share(1))(
  "killed while it changes things, apply run again ends it: seed %i",
  { timeout: 600_000 },
  async (seed) => {
    const opened = await open(`changed-${seed}`)
    const { compute, name, wire } = opened
    const draws = new Draws(seed)
    wire.lateMs = draws.between(0, lateMsMax)
    expect((await compute.apply(old(name))).code).toBe(0)
    kills.push(...(await killRepeatedly(draws, parcels.update, (cut) => compute.apply(full(name), cut))))
    await converges(opened, 2)
    await leavesNothing(opened)
  }
)

it.concurrent.for(share(2))(
  "killed and never run again, apply leaves nothing that delete misses: seed %i",
  { timeout: 600_000 },
  async (seed) => {
    const opened = await open(`given-up-${seed}`)
    const { compute, name } = opened
    kills.push(...(await killRepeatedly(new Draws(seed), parcels.create, (cut) => compute.apply(full(name), cut))))
    await leavesNothing(opened)
  }
)

it.concurrent("interrupted by Ctrl-C, apply ends with 130 and goes on when it is run again", {
  timeout: 300_000
}, async () => {
  const opened = await open("stopped")
  const { compute, name } = opened
  const cut: Cut = { signal: "SIGINT", parcels: Math.ceil(parcels.create / 2), plusMs: 0 }
  const { code, err, signal } = await compute.apply(full(name), cut)
  expect({ code, err, signal }).toEqual({ code: 130, err: "interrupted\n", signal: null })
  await converges(opened, 1)
  await leavesNothing(opened)
})
