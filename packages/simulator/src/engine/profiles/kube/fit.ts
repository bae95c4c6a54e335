import { divide } from "./divide.ts"
import type { PodClass } from "./model.ts"
import type { FitStrategy, Profile } from "./profile.ts"
import type { Refusal } from "./reasons.ts"
import type { World } from "./world.ts"

/** One resource as a scorer sees it: what nodes have, what is taken, what this pod adds. */
interface Column {
  readonly max: Float64Array
  readonly used: Float64Array
  readonly request: number
  readonly weight: number
}

const isNative = (name: string): boolean => name === "cpu" || name === "memory" || name === "ephemeral-storage"

const column = (world: World, podClass: PodClass, name: string, weight: number, nonZero: boolean): Column => {
  const { request } = podClass
  switch (name) {
    case "cpu":
      return nonZero
        ? { max: world.cpuMilliMax, used: world.cpuMilliNonZero, request: podClass.scoredCpuMilli, weight }
        : { max: world.cpuMilliMax, used: world.cpuMilliUsed, request: request.cpuMilli, weight }
    case "memory":
      return nonZero
        ? { max: world.memoryBytesMax, used: world.memoryBytesNonZero, request: podClass.scoredMemoryBytes, weight }
        : { max: world.memoryBytesMax, used: world.memoryBytesUsed, request: request.memoryBytes, weight }
    case "ephemeral-storage":
      return { max: world.ephemeralBytesMax, used: world.ephemeralBytesUsed, request: request.ephemeralBytes, weight }
    default:
      return {
        max: world.scalars.max(name),
        used: world.scalars.used(name),
        request: request.scalars.get(name) ?? 0,
        weight
      }
  }
}

const exactMax = Math.floor(Number.MAX_SAFE_INTEGER / 100)

/** A hundred times a part of a whole, rounded down, exact for any whole up to 2^53. */
const percent = (part: number, of: number): number =>
  part <= exactMax ? divide(part * 100, of) : Number((BigInt(part) * 100n) / BigInt(of))

type ScoreOne = (requested: number, max: number) => number

const brokenLine = (shape: ReadonlyArray<{ readonly utilization: number; readonly score: number }>): ScoreOne => {
  const at = (utilization: number): number => {
    const next = shape.findIndex((point) => utilization <= point.utilization)
    const right = shape[next]
    const left = shape[next - 1]
    if (right === undefined) return (shape.at(-1)?.score ?? 0) * 10
    if (left === undefined) return right.score * 10
    const rise = (right.score - left.score) * 10 * (utilization - left.utilization)
    return left.score * 10 + Math.trunc(rise / (right.utilization - left.utilization))
  }
  return (requested, max) => at(requested > max ? 100 : percent(requested, max))
}

const scoreOne = (strategy: FitStrategy): ScoreOne => {
  switch (strategy.type) {
    case "LeastAllocated":
      return (requested, max) => (requested > max ? 0 : percent(max - requested, max))
    case "MostAllocated":
      return (requested, max) => percent(Math.min(requested, max), max)
    case "RequestedToCapacityRatio":
      return brokenLine(strategy.shape)
  }
}

const columnsOf = (
  world: World,
  podClass: PodClass,
  resources: ReadonlyArray<{ readonly name: string; readonly weight: number }>,
  nonZero: boolean
): ReadonlyArray<Column> =>
  resources
    .map(({ name, weight }) => ({ name, column: column(world, podClass, name, weight, nonZero) }))
    // A named resource that the pod does not ask for has no say.
    .filter(({ name, column: one }) => isNative(name) || one.request !== 0)
    .map((one) => one.column)

/** Scores nodes by how full the pod would leave them. */
export const fitScorer = (world: World, podClass: PodClass, profile: Profile): ((node: number) => number) => {
  const columns = columnsOf(world, podClass, profile.fitResources, true)
  const one = scoreOne(profile.fitStrategy)
  const ratio = profile.fitStrategy.type === "RequestedToCapacityRatio"
  return (node) => {
    let total = 0
    let weights = 0
    for (const { max, used, request, weight } of columns) {
      const size = max[node] ?? 0
      if (size === 0) continue
      const score = one((used[node] ?? 0) + request, size)
      if (ratio && score <= 0) continue
      total += score * weight
      weights += weight
    }
    if (weights === 0) return 0
    return ratio ? Math.round(total / weights) : divide(total, weights)
  }
}

/** Whether the pod asks for none of the resources whose balance is scored. */
export const isBestEffort = (world: World, podClass: PodClass, profile: Profile): boolean =>
  profile.balancedResources.every((name) => column(world, podClass, name, 1, false).request === 0)

const balance = (columns: ReadonlyArray<Column>, node: number, withPod: boolean): number => {
  let count = 0
  let sum = 0
  let first = 0
  let second = 0
  for (const { max, used, request } of columns) {
    const size = max[node] ?? 0
    if (size === 0) continue
    const fraction = Math.min(1, ((used[node] ?? 0) + (withPod ? request : 0)) / size)
    if (count === 0) first = fraction
    else second = fraction
    count++
    sum += fraction
  }
  if (count < 2) return 100
  if (count === 2) return Math.trunc((1 - Math.abs((first - second) / 2)) * 100)
  return Math.trunc((1 - deviation(columns, node, withPod, sum / count, count)) * 100)
}

const deviation = (
  columns: ReadonlyArray<Column>,
  node: number,
  withPod: boolean,
  mean: number,
  count: number
): number => {
  let squares = 0
  for (const { max, used, request } of columns) {
    const size = max[node] ?? 0
    if (size === 0) continue
    const fraction = Math.min(1, ((used[node] ?? 0) + (withPod ? request : 0)) / size)
    squares += (fraction - mean) * (fraction - mean)
  }
  return Math.sqrt(squares / count)
}

/** Scores nodes by how much the pod would even out the use of their resources: about 75 where it changes little. */
export const balanceScorer = (world: World, podClass: PodClass, profile: Profile): ((node: number) => number) => {
  const columns = columnsOf(
    world,
    podClass,
    profile.balancedResources.map((name) => ({ name, weight: 1 })),
    false
  )
  return (node) => 50 + Math.trunc((50 + balance(columns, node, true) - balance(columns, node, false)) / 2)
}

interface Wanted {
  readonly reason: string
  readonly max: Float64Array
  readonly used: Float64Array
  readonly request: number
}

const wantedOf = (world: World, { request }: PodClass, profile: Profile): ReadonlyArray<Wanted> => {
  const ignored = (name: string): boolean =>
    profile.ignoredResources.has(name) || profile.ignoredResourceGroups.has(name.split("/")[0] ?? "")
  return [
    { reason: "Insufficient cpu", max: world.cpuMilliMax, used: world.cpuMilliUsed, request: request.cpuMilli },
    {
      reason: "Insufficient memory",
      max: world.memoryBytesMax,
      used: world.memoryBytesUsed,
      request: request.memoryBytes
    },
    {
      reason: "Insufficient ephemeral-storage",
      max: world.ephemeralBytesMax,
      used: world.ephemeralBytesUsed,
      request: request.ephemeralBytes
    },
    ...[...request.scalars]
      .filter(([name]) => !ignored(name))
      .map(([name, amount]) => ({
        reason: `Insufficient ${name}`,
        max: world.scalars.max(name),
        used: world.scalars.used(name),
        request: amount
      }))
  ].filter((one) => one.request > 0)
}

/** Whether a pod's requests fit a node, and if not, why. */
export interface Fit {
  readonly fits: (node: number) => boolean
  readonly refusal: (node: number) => Refusal | undefined
}

/** Checks requests against what nodes have left. */
export const fitFilter = (world: World, podClass: PodClass, profile: Profile): Fit => {
  const wanted = wantedOf(world, podClass, profile)
  const { podCount, podsMax } = world
  const slots = (node: number): number => (podsMax[node] ?? 0) - (podCount[node] ?? 0)
  return {
    fits: (node) => {
      if (slots(node) < 1) return false
      for (const { max, used, request } of wanted) {
        if (request > (max[node] ?? 0) - (used[node] ?? 0)) return false
      }
      return true
    },
    refusal: (node) => {
      const lacking = wanted.filter(({ max, used, request }) => request > (max[node] ?? 0) - (used[node] ?? 0))
      const reasons = [...(slots(node) < 1 ? ["Too many pods"] : []), ...lacking.map((one) => one.reason)]
      if (reasons.length === 0) return undefined
      return { reasons, unresolvable: lacking.some(({ max, request }) => request > (max[node] ?? 0)) }
    }
  }
}
