import { Schema } from "effect"
import { defaultTo } from "./defaultTo.ts"
import { inFile } from "./inFile.ts"
import { Bytes, CpuMilli, GpuMilli } from "./Quantity.ts"

/** An amount of what nodes have and pods ask for. */
export const Resources = Schema.Struct({
  cpuMilli: inFile("cpu", CpuMilli.pipe(defaultTo(0))),
  memoryBytes: inFile("memory", Bytes.pipe(defaultTo(0))),
  gpuMilli: inFile("gpu", GpuMilli.pipe(defaultTo(0)))
})
export type Resources = typeof Resources.Type

/** Nothing of everything. */
export const none: Resources = { cpuMilli: 0, memoryBytes: 0, gpuMilli: 0 }

/** The kinds of resource, in the order reasons name them. */
export const kinds = ["cpuMilli", "memoryBytes", "gpuMilli"] as const
export type ResourceKind = (typeof kinds)[number]

/** Sum of two amounts. */
export const plus = (a: Resources, b: Resources): Resources => ({
  cpuMilli: a.cpuMilli + b.cpuMilli,
  memoryBytes: a.memoryBytes + b.memoryBytes,
  gpuMilli: a.gpuMilli + b.gpuMilli
})

/** What is left of `a` without `b`; may be negative. */
export const minus = (a: Resources, b: Resources): Resources => ({
  cpuMilli: a.cpuMilli - b.cpuMilli,
  memoryBytes: a.memoryBytes - b.memoryBytes,
  gpuMilli: a.gpuMilli - b.gpuMilli
})

/** The kinds of which `request` wants more than `free` has; empty where it fits. */
export const lacking = (request: Resources, free: Resources): ReadonlyArray<ResourceKind> =>
  kinds.filter((kind) => request[kind] > free[kind])
