import type { Job } from "@orrery/core"
import { exponential, logNormal } from "../engine/math/sample.ts"
import { Stream } from "../engine/Stream.ts"
import type { Rhythm, Workload } from "./Workload.ts"

/** A job and when it comes, in milliseconds after the start. */
export interface Arrival {
  readonly atMs: number
  readonly job: Job
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const daysPerWeek = 7
const workingDays = 5

/** How busy each hour is, in percent of the busiest. */
const hours: Readonly<Record<Rhythm, ReadonlyArray<number>>> = {
  even: Array.from({ length: 24 }, () => 100),
  office: [5, 5, 5, 5, 5, 10, 20, 45, 80, 100, 100, 90, 70, 85, 100, 95, 80, 60, 40, 25, 20, 15, 10, 5],
  night: [100, 100, 95, 90, 80, 60, 30, 10, 5, 5, 5, 5, 5, 5, 5, 5, 5, 10, 15, 25, 40, 60, 80, 95]
}

/** Everything that comes within so many days, in order of time. The simulation begins on a Monday at midnight. */
export const arrivals = (workloads: ReadonlyArray<Workload>, seed: number, days: number): ReadonlyArray<Arrival> =>
  workloads
    .flatMap((workload) => arrivalsOf(workload, seed, days))
    .toSorted((a, b) => a.atMs - b.atMs || (a.job.name < b.job.name ? -1 : 1))

/** A Poisson stream at the busiest hour's rate, thinned out to the rate of each hour. */
const arrivalsOf = (workload: Workload, seed: number, days: number): ReadonlyArray<Arrival> => {
  if (workload.jobsPerDay === 0) return []
  const times = Stream.fromSeed(seed, `workload/${workload.name}/times`)
  const lengths = Stream.fromSeed(seed, `workload/${workload.name}/lengths`)
  const percents = hours[workload.rhythm]
  const busyMs = percents.reduce((sum, percent) => sum + percent, 0) * (hourMs / 100)
  const peakPercent = Math.max(100, workload.weekendPercent)
  const gapMs = (busyMs / workload.jobsPerDay) * (100 / peakPercent)
  const all: Array<Arrival> = []
  for (let atMs = 0; ; ) {
    atMs += Math.max(1, Math.ceil(exponential(times, gapMs)))
    if (atMs >= days * dayMs) return all
    const isWeekend = Math.floor(atMs / dayMs) % daysPerWeek >= workingDays
    const percent = percents[Math.floor(atMs / hourMs) % 24] ?? 0
    if (times.below(100 * peakPercent) >= percent * (isWeekend ? workload.weekendPercent : 100)) continue
    const runMs = Math.max(1, Math.ceil(logNormal(lengths, workload.durationMs, workload.spreadPercent / 100)))
    all.push({ atMs, job: jobOf(workload, `${workload.name}-${all.length + 1}`, runMs) })
  }
}

const jobOf = (workload: Workload, name: string, runMs: number): Job => ({
  name,
  labels: { workload: workload.name },
  completions: workload.tasks,
  parallelism: workload.tasks,
  retries: workload.retries,
  held: false,
  pod: {
    containers: [
      {
        name: "main",
        image: `${workload.name}:1`,
        command: ["sleep", `${runMs / 1000}`],
        ports: [],
        resources: { requests: workload.requests },
        environment: [],
        mounts: []
      }
    ],
    initContainers: [],
    volumes: [],
    nodeSelector: workload.nodeSelector,
    tolerations: workload.tolerations,
    priority: workload.priority,
    terminationGraceMs: 30_000
  }
})
