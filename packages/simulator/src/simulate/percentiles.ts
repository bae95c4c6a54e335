import type { Waiting } from "./FleetReport.ts"

/** The waits of some jobs, by nearest rank; all zero where there are none. */
export const waitingOf = (waits: ReadonlyArray<number>): Waiting => {
  const sorted = waits.toSorted((a, b) => a - b)
  const rank = (percent: number): number => sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? 0
  return { jobs: sorted.length, p50Ms: rank(50), p95Ms: rank(95), p99Ms: rank(99), maxMs: sorted.at(-1) ?? 0 }
}
