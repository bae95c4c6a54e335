import type { Resources } from "../../model/Resources.ts"
import type { ExpansionOption } from "./expand.ts"
import { tanh } from "./tanh.ts"

/** What pods are worth by the hour, for each core, GiB and GPU they ask for. */
export interface PodPrices {
  readonly microUsdPerCore: number
  readonly microUsdPerGib: number
  readonly microUsdPerGpu: number
}

/** The prices that the Cluster Autoscaler itself has for the first cloud it knew. */
export const defaultPodPrices: PodPrices = { microUsdPerCore: 33_174, microUsdPerGib: 4_446, microUsdPerGpu: 700_000 }

/** A pod that is added to both sides, so that small sums do not swing: half a core and 500 MiB. */
const stabilizer: Resources = { cpuMilli: 500, memoryBytes: 500 * 2 ** 20, gpuMilli: 0 }
/** Nodes with GPUs are for pods that need them, which no other node takes anyway. */
const gpuUnfitness = 1_000
/** Unfitness counts less the more nodes there are to come. */
const nodesToForgive = 15
/** Up to so many nodes, nodes of so many cores are liked best. */
const preferredCores = [
  [2, 1],
  [6, 2],
  [20, 4],
  [60, 8],
  [200, 16]
] as const
const preferredCoresMost = 32

const worthOf = ({ cpuMilli, gpuMilli, memoryBytes }: Resources, prices: PodPrices): number =>
  (cpuMilli / 1_000) * prices.microUsdPerCore +
  (memoryBytes / 2 ** 30) * prices.microUsdPerGib +
  (gpuMilli / 1_000) * prices.microUsdPerGpu

const unfitnessOf = ({ allocatable, nodes }: ExpansionOption, clusterNodes: number): number => {
  if (allocatable.gpuMilli > 0) return gpuUnfitness
  const cores = preferredCores.find(([most]) => clusterNodes <= most)?.[1] ?? preferredCoresMost
  const ratio = (cores * 1_000) / allocatable.cpuMilli
  return (Math.max(ratio, 1 / ratio) - 1) * (1 - tanh((nodes - 1) / nodesToForgive)) + 1
}

/** What an option costs for what its pods are worth, times how little its nodes suit a cluster of this size; less is better. */
export const priceScore = (option: ExpansionOption, clusterNodes: number, prices: PodPrices): number => {
  const stable = worthOf(stabilizer, prices)
  const cost = option.nodes * (option.microUsdPerHour ?? 0) + stable
  return (unfitnessOf(option, clusterNodes) * cost) / (worthOf(option.requested, prices) + stable)
}
