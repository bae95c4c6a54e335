import { divide } from "./divide.ts"
import type { PodClass } from "./model.ts"
import type { Figure } from "./NodeTable.ts"
import type { FitStrategy, Profile } from "./profile.ts"
import type { Refusal } from "./reasons.ts"
import type { World } from "./world.ts"

/** One resource as a scorer sees it: what nodes have, what is taken, what this pod adds. */
interface Column {
  readonly max: Figure
  readonly used: Figure
  readonly request: number
  readonly weight: number
}

const isNative = (name: string): boolean => name === "cpu" || name === "memory" || name === "ephemeral-storage"

const requestOf = ({ request }: PodClass, name: string): number => {
  if (name === "cpu") return request.cpuMilli
  if (name === "memory") return request.memoryBytes
  return name === "ephemeral-storage" ? request.ephemeralBytes : (request.scalars.get(name) ?? 0)
}

const nonZeroRequestOf = (podClass: PodClass, name: string): number => {
  if (name === "cpu") return podClass.scoredCpuMilli
  return name === "memory" ? podClass.scoredMemoryBytes : requestOf(podClass, name)
}

/** A node's figure; a plain look-up, as this is where the time goes. */
const read = ({ at, of, width }: Figure, node: number): number => of[node * width + at] as number

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
    // A named resource that the pod does not ask for has no say.
    .filter(({ name }) => isNative(name) || requestOf(podClass, name) !== 0)
    .map(({ name, weight }) => ({
      max: world.table.max(name),
      used: nonZero ? world.table.usedNonZero(name) : world.table.used(name),
      request: nonZero ? nonZeroRequestOf(podClass, name) : requestOf(podClass, name),
      weight
    }))

/** Scores nodes by how full the pod would leave them. */
export const fitScorer = (world: World, podClass: PodClass, profile: Profile): ((node: number) => number) => {
  const columns = columnsOf(world, podClass, profile.fitResources, true)
  const one = scoreOne(profile.fitStrategy)
  const ratio = profile.fitStrategy.type === "RequestedToCapacityRatio"
  return (node) => {
    let total = 0
    let weights = 0
    for (const { max, used, request, weight } of columns) {
      const size = read(max, node)
      if (size === 0) continue
      const score = one(read(used, node) + request, size)
      if (ratio && score <= 0) continue
      total += score * weight
      weights += weight
    }
    if (weights === 0) return 0
    return ratio ? Math.round(total / weights) : divide(total, weights)
  }
}

/** Whether the pod asks for none of the resources whose balance is scored. */
export const isBestEffort = (podClass: PodClass, profile: Profile): boolean =>
  profile.balancedResources.every((name) => requestOf(podClass, name) === 0)

const balance = (columns: ReadonlyArray<Column>, node: number, withPod: boolean): number => {
  let count = 0
  let sum = 0
  let first = 0
  let second = 0
  for (const { max, used, request } of columns) {
    const size = read(max, node)
    if (size === 0) continue
    const fraction = Math.min(1, (read(used, node) + (withPod ? request : 0)) / size)
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
    const size = read(max, node)
    if (size === 0) continue
    const fraction = Math.min(1, (read(used, node) + (withPod ? request : 0)) / size)
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
  readonly max: Figure
  readonly used: Figure
  readonly request: number
}

const wantedOf = (world: World, podClass: PodClass, profile: Profile): ReadonlyArray<Wanted> => {
  const isIgnored = (name: string): boolean =>
    profile.ignoredResources.has(name) || profile.ignoredResourceGroups.has(name.split("/")[0] ?? "")
  const isExtended = (name: string): boolean => name.includes("/") && !name.includes("kubernetes.io/")
  return ["cpu", "memory", "ephemeral-storage", ...podClass.request.scalars.keys()]
    .filter((name) => requestOf(podClass, name) > 0 && !(isExtended(name) && isIgnored(name)))
    .map((name) => ({
      reason: `Insufficient ${name}`,
      max: world.table.max(name),
      used: world.table.used(name),
      request: requestOf(podClass, name)
    }))
}

/** Whether a pod's requests fit a node, and if not, why. */
export interface Fit {
  readonly fits: (node: number) => boolean
  readonly refusal: (node: number) => Refusal | undefined
}

/** Checks requests against what nodes have left. */
export const fitFilter = (world: World, podClass: PodClass, profile: Profile): Fit => {
  const wanted = wantedOf(world, podClass, profile)
  const podsMax = world.table.figure("podsMax")
  const podCount = world.table.figure("podCount")
  const isFull = (node: number): boolean => read(podsMax, node) - read(podCount, node) < 1
  return {
    fits: (node) => {
      if (isFull(node)) return false
      for (const { max, used, request } of wanted) if (request > read(max, node) - read(used, node)) return false
      return true
    },
    refusal: (node) => {
      const lacking = wanted.filter(({ max, used, request }) => request > read(max, node) - read(used, node))
      const reasons = [...(isFull(node) ? ["Too many pods"] : []), ...lacking.map((one) => one.reason)]
      if (reasons.length === 0) return undefined
      return { reasons, unresolvable: lacking.some(({ max, request }) => request > read(max, node)) }
    }
  }
}
