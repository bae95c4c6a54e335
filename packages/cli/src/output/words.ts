import { printBytes, printCpu, printUsd, type Resources } from "@orrery/core"

/** How long ago, in the largest unit that says it well. */
export const age = (sinceMs: number, nowMs: number): string => {
  const seconds = Math.max(0, Math.floor((nowMs - sinceMs) / 1000))
  if (seconds < 120) return `${seconds}s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)}m`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`
}

/** A price an hour, with its sign where it is a change. */
export const perHour = (microUsd: number): string => `$${printUsd(microUsd)}/h`

/** A change of price an hour: `+$0.34/h`. */
export const priceChange = (microUsd: number): string => `${microUsd < 0 ? "-" : "+"}${perHour(Math.abs(microUsd))}`

/** Resources in one line; kinds that are zero are left out. */
export const amounts = ({ cpuMilli, gpuMilli, memoryBytes }: Resources): string =>
  [
    `${printCpu(cpuMilli)} cpu`,
    `${printBytes(memoryBytes)} memory`,
    ...(gpuMilli === 0 ? [] : [`${printCpu(gpuMilli)} gpu`])
  ].join(", ")

/** A share of a whole in percent; of nothing, a dash. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "-" : `${Math.round((part / whole) * 100)}%`

/** `1 node`, `2 nodes`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`
