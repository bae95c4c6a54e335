import type { Capacity, Node, Resources } from "@orrery/core"
import type { Ad } from "./Client.ts"

const mebibyte = 2 ** 20
const number = (ad: Ad, key: string): number => (typeof ad[key] === "number" ? (ad[key] as number) : 0)
const text = (ad: Ad, key: string): string => (typeof ad[key] === "string" ? (ad[key] as string) : "")

const amount = (ad: Ad, cpus: string, memory: string, gpus: string): Resources => ({
  cpuMilli: Math.floor(number(ad, cpus) * 1000),
  memoryBytes: number(ad, memory) * mebibyte,
  gpuMilli: number(ad, gpus) * 1000
})

/** Slots that stand for themselves: partitionable and static ones. Dynamic slots are parts of a partitionable one. */
const whole = (slots: ReadonlyArray<Ad>) =>
  slots
    .filter((slot) => text(slot, "SlotType") !== "Dynamic")
    .toSorted((a, b) => (text(a, "Name") < text(b, "Name") ? -1 : 1))

/** A machine's own words about itself that can be selected by. */
const labelsOf = (slot: Ad): Node["labels"] =>
  Object.fromEntries(
    Object.entries(slot)
      .map(([key, value]) => [key, String(value)] as const)
      .filter(([, value]) => /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(value))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
  )

/** The slots as nodes. */
export const toNodes = (slots: ReadonlyArray<Ad>): ReadonlyArray<Node> =>
  whole(slots).map((slot) => ({
    name: text(slot, "Name"),
    id: text(slot, "Name"),
    cluster: "",
    pool: "",
    state: text(slot, "State") === "Drained" || text(slot, "Activity") === "Retiring" ? "draining" : "ready",
    schedulable: slot.Offline !== true && text(slot, "State") !== "Drained" && text(slot, "State") !== "Owner",
    instanceType: `${text(slot, "Arch")}/${text(slot, "OpSys")}`,
    zone: "",
    market: "on-demand",
    labels: labelsOf(slot),
    taints: [],
    capacity: totalOf(slot),
    microUsdPerHour: 0,
    createdAtMs: number(slot, "DaemonStartTime") * 1000
  }))

const partitionable = (slot: Ad) => slot.PartitionableSlot === true
const totalOf = (slot: Ad): Resources =>
  partitionable(slot)
    ? amount(slot, "TotalSlotCpus", "TotalSlotMemory", slot.TotalSlotGPUs === undefined ? "TotalGPUs" : "TotalSlotGPUs")
    : amount(slot, "Cpus", "Memory", "GPUs")

/** What each slot has, and what of it a job could have now. */
export const toCapacity = (slots: ReadonlyArray<Ad>): Capacity => ({
  nodes: whole(slots).map((slot) => ({
    name: text(slot, "Name"),
    total: totalOf(slot),
    free:
      partitionable(slot) || text(slot, "State") === "Unclaimed"
        ? amount(slot, "Cpus", "Memory", "GPUs")
        : { cpuMilli: 0, memoryBytes: 0, gpuMilli: 0 }
  }))
})
