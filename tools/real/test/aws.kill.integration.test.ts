import { afterAll, beforeAll, expect, it } from "vitest"
import { Command, type Cut, killRepeatedly, type Moment } from "./Command.ts"
import { Draws, seeds } from "./Draws.ts"
import { Ec2Region } from "./Ec2Region.ts"
import { SlowWire } from "./SlowWire.ts"

const endpoint = process.env.ORRERY_AWS_ENDPOINT ?? ""
// Each seed works in a region of its own, so that all that is in it is its own.
const regions =
  "us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 ap-south-1 ap-northeast-1 sa-east-1".split(
    " "
  )
const general = "{name: general, instance_type: c5.xlarge, min_size: 3, max_size: 6}"
const batch = "{name: batch, instance_type: c5.2xlarge, min_size: 2, max_size: 6}"
const smaller = "{name: general, instance_type: c5.xlarge, min_size: 1, max_size: 6}"
const older = "{name: batch, instance_type: c5.xlarge, min_size: 2, max_size: 6}"

const fleet = (name: string, ...pools: ReadonlyArray<string>) => `compute:
  cluster:
    name: ${name}
    provider: aws
    node_pools: [${pools.join(", ")}]
`
const wanted = [
  ...Array.from({ length: 2 }, () => "batch c5.2xlarge running"),
  ...Array.from({ length: 3 }, () => "general c5.xlarge running")
]

/** A wire, a command over it, and a place of its own with something foreign in it. */
const open = async (name: string, regionName: string) => {
  const wire = await SlowWire.open(Number(new URL(endpoint).port))
  wires.push(wire)
  const region = new Ec2Region(endpoint, regionName)
  await region.plantForeign(name)
  const compute = new Command(wire, {
    COMPUTE_BACKEND: "aws",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${wire.port}`,
    AWS_REGION: regionName,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    COMPUTE_AWS_IMAGE: "ami-03cf127a"
  })
  return { wire, compute, region, name, before: await region.everything() }
}
type Opened = Awaited<ReturnType<typeof open>>

/** Runs `apply` to its end and once more, and looks at what is there. */
const converges = async ({ compute, name, region }: Opened, yaml: string, launched: number) => {
  const last = await compute.apply(yaml)
  expect([last.code, last.err]).toEqual([0, ""])
  expect(await region.machines(name)).toEqual({ alive: wanted, launched })
  const again = await compute.apply(yaml)
  expect([again.code, again.out]).toEqual([0, `= cluster/${name}  as wanted\n`])
}

/** Runs `delete` to its end; what is left is what was there before. */
const leavesNothing = async ({ before, compute, region }: Opened, yaml: string) => {
  const gone = await compute.delete(yaml)
  expect([gone.code, gone.err]).toEqual([0, ""])
  expect(await region.everything()).toEqual(before)
}

const full = (name: string) => fleet(name, general, batch)
const old = (name: string) => fleet(name, smaller, older)
/** How late what a killed run sent may arrive: while the next run is at work, and not after it. */
const lateMsMax = 2_000
const wires: Array<SlowWire> = []
/** What whole runs send when nobody kills them. */
const parcels = { create: 0, update: 0, delete: 0 }
/** How much had been sent at each kill that found the command at work. */
const kills: Array<number> = []

beforeAll(async () => {
  await fetch(`${endpoint}/_reset`, { method: "POST" })
  const [created, updated] = await Promise.all([open("made", "us-east-1"), open("changed", "ca-central-1")])
  const create = async () => {
    parcels.create = (await created.compute.apply(full("made"))).parcels
    parcels.delete = (await created.compute.delete(full("made"))).parcels
  }
  const update = async () => {
    await updated.compute.apply(old("changed"))
    parcels.update = (await updated.compute.apply(full("changed"))).parcels
  }
  await Promise.all([create(), update()])
}, 300_000)

afterAll(async () => {
  await Promise.all(wires.map((wire) => wire.close()))
  console.log(`${kills.length} kills, after ${kills.toSorted((a, b) => a - b)} parcels of ${JSON.stringify(parcels)}`)
  expect(kills.length).toBeGreaterThanOrEqual(seeds.length)
})

/** The three stories share the seeds. */
const share = (remainder: number) => seeds.filter((seed) => seed % 3 === remainder)

/** Works in a region that nobody else works in meanwhile. */
const inRegion = async (name: string, work: (opened: Opened) => Promise<void>) => {
  const region = regions.shift()
  if (region === undefined) throw new Error("more at work at the same time than there are regions")
  await work(await open(name, region)).finally(() => regions.push(region))
}

it.concurrent.for(share(0))(
  "killed while it makes a cluster, apply run again ends it: seed %i",
  { timeout: 600_000 },
  (seed) =>
    inRegion(`made-${seed}`, async (opened) => {
      const { compute, name, wire } = opened
      const draws = new Draws(seed)
      wire.lateMs = draws.between(0, lateMsMax)
      kills.push(...(await killRepeatedly(draws, parcels.create, (cut) => compute.apply(full(name), cut))))
      await converges(opened, full(name), 5)
      kills.push(...(await killRepeatedly(draws, parcels.delete, (cut) => compute.delete(full(name), cut))))
      await leavesNothing(opened, full(name))
    })
)

it.concurrent.for(share(1))(
  "killed while it changes a cluster, apply run again ends it: seed %i",
  { timeout: 600_000 },
  (seed) =>
    inRegion(`changed-${seed}`, async (opened) => {
      const { compute, name, wire } = opened
      const draws = new Draws(seed)
      wire.lateMs = draws.between(0, lateMsMax)
      expect((await compute.apply(old(name))).code).toBe(0)
      kills.push(...(await killRepeatedly(draws, parcels.update, (cut) => compute.apply(full(name), cut))))
      await converges(opened, full(name), 7)
      await leavesNothing(opened, full(name))
    })
)

it.concurrent.for(share(2))(
  "killed and never run again, apply leaves nothing that delete misses: seed %i",
  { timeout: 600_000 },
  (seed) =>
    inRegion(`given-up-${seed}`, async (opened) => {
      const { compute, name } = opened
      kills.push(...(await killRepeatedly(new Draws(seed), parcels.create, (cut) => compute.apply(full(name), cut))))
      await leavesNothing(opened, full(name))
    })
)

/** Sets what goes wrong in a region from now on, and counts anew how often it did. */
const faults = async (region: string, fault: Readonly<Record<string, unknown>>) => {
  await fetch(`${endpoint}/_faults?region=${region}`, { method: "DELETE" })
  const answer = await fetch(`${endpoint}/_faults`, { method: "POST", body: JSON.stringify({ ...fault, region }) })
  if (!answer.ok) throw new Error(await answer.text())
}

/** The moment at which so many calls in a region have met a fault. */
const faultsMet =
  (region: string, calls: number): Moment =>
  async (ended) => {
    let over = false
    void ended.then(() => {
      over = true
    })
    while (!over) {
      const { met } = (await (await fetch(`${endpoint}/_faults?region=${region}`)).json()) as { readonly met: number }
      if (met >= calls) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

// Here the token decides alone: the machines are made, nobody was told so, and the lists do not show them yet.
it.concurrent.for([1, 3, 5])(
  "killed between the deed and the answer, for %i machines that no list shows yet, apply run again makes none twice [R36]",
  { timeout: 300_000 },
  (held) =>
    inRegion(`held-${held}`, async (opened) => {
      const { compute, name, region } = opened
      await faults(region.name, {
        action: "RunInstances",
        kind: "delay-reply",
        delayMs: 10_000,
        skip: 5 - held,
        times: held
      })
      const killed = await compute.applyKilledAt(full(name), faultsMet(region.name, held))
      expect(killed.signal).toBe("SIGKILL")
      await faults(region.name, { action: "DescribeInstances", kind: "stale", times: 3 })
      await converges(opened, full(name), 5)
      await leavesNothing(opened, full(name))
    })
)

it.concurrent("interrupted by Ctrl-C, apply ends with 130 and goes on when it is run again", { timeout: 300_000 }, () =>
  inRegion("stopped", async (opened) => {
    const { compute, name } = opened
    const cut: Cut = { signal: "SIGINT", parcels: Math.ceil(parcels.create / 2), plusMs: 0 }
    const { code, err, signal } = await compute.apply(full(name), cut)
    expect({ code, err, signal }).toEqual({ code: 130, err: "interrupted\n", signal: null })
    await converges(opened, full(name), 5)
    await leavesNothing(opened, full(name))
  })
)
