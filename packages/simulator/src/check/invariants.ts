import type { PodSpec } from "@orrery/core"
import type { SimMachine } from "../provider/SimMachine.ts"
import type { SimulatedBackend } from "../provider/simulated.ts"

/** What must never be so, in one sentence each. Empty where all is well. */
export type Problems = ReadonlyArray<string>

const wholeGpu = 1000
const gone = new Set(["terminated", "terminating"])

/** Everything that must hold of a world at any moment, recounted from its machines and pods alone. */
export const brokenNow = (backend: SimulatedBackend): Problems => [
  ...overcommitted(backend),
  ...homeless(backend),
  ...doubled(backend),
  ...overQuota(backend),
  ...touched(backend)
]

/** Looks at the world at a steady pace until the end, and tells when something is wrong. */
export const keepChecking = (
  backend: SimulatedBackend,
  watch: { readonly everyMs: number; readonly untilMs: number; readonly tell: (problem: string) => void }
): void => {
  const { everyMs, tell, untilMs } = watch
  for (const problem of brokenNow(backend)) tell(`at ${backend.world.time.elapsedMs} ms: ${problem}`)
  if (backend.world.time.elapsedMs + everyMs <= untilMs)
    backend.world.after(everyMs, () => keepChecking(backend, watch))
}

const asked = (spec: PodSpec, kind: "cpuMilli" | "gpuMilli" | "memoryBytes"): number => {
  const { containers, initContainers, sidecars = [] } = spec
  const sum = (all: PodSpec["containers"]) => all.reduce((total, { resources }) => total + resources.requests[kind], 0)
  return sum(sidecars) + Math.max(sum(containers), ...initContainers.map(({ resources }) => resources.requests[kind]))
}

/** No host promises more than it has, of anything, and no GPU more than itself. */
const overcommitted = ({ house, park }: SimulatedBackend): Problems =>
  [...house.byMachine].flatMap(([id, pods]) => {
    const machine = park.machines.get(id)
    if (machine === undefined) return [`pods are on ${id}, which does not exist`]
    const active = [...pods.values()].filter(({ state }) => state !== "ended")
    const problems = (["cpuMilli", "memoryBytes", "gpuMilli"] as const).flatMap((kind) => {
      const sum = active.reduce((total, { wanted }) => total + asked(wanted.spec, kind), 0)
      const has = machine.offering.capacity[kind]
      return sum > has ? [`${machine.name} promises ${sum} ${kind} and has ${has}`] : []
    })
    const devices = new Map<number, number>()
    for (const { gpus } of active)
      for (const [device, milli] of gpus) devices.set(device, (devices.get(device) ?? 0) + milli)
    for (const [device, milli] of devices)
      if (milli > wholeGpu) problems.push(`GPU ${device} of ${machine.name} is given away ${milli} thousandths`)
    for (const { gpus, wanted } of active) {
      const given = gpus.reduce((sum, [, milli]) => sum + milli, 0)
      if (given !== asked(wanted.spec, "gpuMilli")) problems.push(`${wanted.name} has not the GPUs it asked for`)
    }
    return problems
  })

/** Pods are on machines that run, each once. */
const homeless = ({ house, park }: SimulatedBackend): Problems => {
  const seen = new Map<string, string>()
  return [...house.byMachine].flatMap(([id, pods]) => {
    const machine = park.machines.get(id)
    const problems =
      machine?.state === "running" ? [] : [...pods.keys()].map((pod) => `${pod} is on ${id}, which does not run`)
    for (const [key, { state }] of pods) {
      if (state === "ended") continue
      const other = seen.get(key)
      if (other !== undefined) problems.push(`${key} runs on ${other} and on ${id}`)
      seen.set(key, id)
    }
    return problems
  })
}

const ours = ({
  park
}: SimulatedBackend): ReadonlyArray<SimMachine & { readonly request: NonNullable<SimMachine["request"]> }> =>
  [...park.machines.values()].flatMap((machine) =>
    machine.request === undefined || gone.has(machine.state) ? [] : [{ ...machine, request: machine.request }]
  )

/** No name is borne by two machines, and no launch token has made two. */
const doubled = (backend: SimulatedBackend): Problems => {
  const names = new Map<string, string>()
  const tokens = new Map<string, string>()
  return ours(backend).flatMap(({ id, request: { owner, token } }) => {
    const name = `${owner.cluster}/${owner.machine}`
    const problems: Array<string> = []
    if (names.has(name)) problems.push(`${name} is both ${names.get(name)} and ${id}`)
    if (tokens.has(token)) problems.push(`one token made both ${tokens.get(token)} and ${id}`)
    names.set(name, id)
    tokens.set(token, id)
    return problems
  })
}

const overQuota = (backend: SimulatedBackend): Problems => {
  const { quotaCpuMilli } = backend.world.profile
  const sum = ours(backend).reduce((total, { offering }) => total + offering.capacity.cpuMilli, 0)
  return sum > quotaCpuMilli ? [`${sum} cpuMilli are rented, the quota is ${quotaCpuMilli}`] : []
}

const touched = ({ foreign }: SimulatedBackend): Problems => {
  const intact = new Set(foreign.intact())
  return foreign.names().flatMap((name) => (intact.has(name) ? [] : [`${name} is not ours and was touched`]))
}
