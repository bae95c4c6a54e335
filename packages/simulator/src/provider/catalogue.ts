import type { Offering } from "@orrery/core"

interface Shape {
  readonly instanceType: string
  readonly cores: number
  readonly memoryGib: number
  readonly gpus: number
  readonly gpuModel?: string
  readonly onDemandMicroUsd: number
}

/** Shapes and prices like those of a large public cloud; not its price list, which changes. */
const shapes: ReadonlyArray<Shape> = [
  { instanceType: "c5.large", cores: 2, memoryGib: 4, gpus: 0, onDemandMicroUsd: 85_000 },
  { instanceType: "c5.xlarge", cores: 4, memoryGib: 8, gpus: 0, onDemandMicroUsd: 170_000 },
  { instanceType: "c5.2xlarge", cores: 8, memoryGib: 16, gpus: 0, onDemandMicroUsd: 340_000 },
  { instanceType: "c5.4xlarge", cores: 16, memoryGib: 32, gpus: 0, onDemandMicroUsd: 680_000 },
  { instanceType: "m5.large", cores: 2, memoryGib: 8, gpus: 0, onDemandMicroUsd: 96_000 },
  { instanceType: "m5.xlarge", cores: 4, memoryGib: 16, gpus: 0, onDemandMicroUsd: 192_000 },
  { instanceType: "m5.2xlarge", cores: 8, memoryGib: 32, gpus: 0, onDemandMicroUsd: 384_000 },
  { instanceType: "m5.4xlarge", cores: 16, memoryGib: 64, gpus: 0, onDemandMicroUsd: 768_000 },
  { instanceType: "r5.xlarge", cores: 4, memoryGib: 32, gpus: 0, onDemandMicroUsd: 252_000 },
  { instanceType: "g5.xlarge", cores: 4, memoryGib: 16, gpus: 1, gpuModel: "a10g", onDemandMicroUsd: 1_006_000 },
  { instanceType: "g5.12xlarge", cores: 48, memoryGib: 192, gpus: 4, gpuModel: "a10g", onDemandMicroUsd: 5_672_000 },
  { instanceType: "p3.2xlarge", cores: 8, memoryGib: 61, gpus: 1, gpuModel: "v100", onDemandMicroUsd: 3_060_000 },
  { instanceType: "p3.8xlarge", cores: 32, memoryGib: 244, gpus: 4, gpuModel: "v100", onDemandMicroUsd: 12_240_000 }
]
const zones = ["a", "b", "c"]
const mib = 2 ** 20
const gib = 2 ** 30
/** Spot machines cost about so much of the full price. */
const spotPercent = 35
/** What the node itself keeps: a part of a core, and memory that grows with the machine. */
const reservedCpuMilli = (cores: number): number => 60 + 10 * cores
const reservedMemoryBytes = (memoryGib: number): number => 255 * mib + 51 * mib * Math.min(memoryGib, 64)

/** Everything that can be rented, in every zone and market, at its mean price. */
export const catalogue: ReadonlyArray<Offering> = shapes.flatMap(
  ({ cores, gpuModel, gpus, instanceType, memoryGib, onDemandMicroUsd }) =>
    zones.flatMap((zone) =>
      (["on-demand", "spot"] as const).map((market) => ({
        instanceType,
        zone,
        market,
        capacity: {
          cpuMilli: cores * 1000 - reservedCpuMilli(cores),
          memoryBytes: memoryGib * gib - reservedMemoryBytes(memoryGib),
          gpuMilli: gpus * 1000
        },
        labels: gpuModel === undefined ? {} : { "gpu.model": gpuModel },
        microUsdPerHour: market === "spot" ? Math.floor((onDemandMicroUsd * spotPercent) / 100) : onDemandMicroUsd
      }))
    )
)
