import {
  type Attempt,
  type Capabilities,
  type InNamespace,
  isOver,
  Job,
  type JobEvent,
  type JobStatus,
  lacking,
  listedIn,
  minus,
  none,
  plus,
  type Ref,
  type Resources,
  requestOf,
  Scheduler,
  turnOf,
  usualNamespace,
  within
} from "@orrery/core"
import { Effect, Layer, Stream } from "effect"
import { outcomeOf } from "./programs.ts"
import { at, checked, followed, missing, paged, stepMs, watching } from "./world.ts"

interface Entry {
  readonly id: string
  readonly spec: InNamespace<Job>
  readonly submittedAtMs: number
  held: boolean
  /** Whether those that it waits for have succeeded. */
  begun: boolean
  cancelled: boolean
  attempts: ReadonlyArray<Attempt>
  endedAtMs?: number
}

const node = "host-1"
const total = { cpuMilli: 8_000, memoryBytes: 2 ** 33, gpuMilli: 2_000 }
const scaled = ({ cpuMilli, gpuMilli, memoryBytes }: Resources, times: number): Resources => ({
  cpuMilli: cpuMilli * times,
  gpuMilli: gpuMilli * times,
  memoryBytes: memoryBytes * times
})
const own = within(usualNamespace)
const keyOf = (ref: Ref): string => `${own(ref).namespace}/${ref.name}`
const fits = (job: Job): boolean => lacking(requestOf(job.pod), total).length === 0

const ended = (entry: Entry, attempt: Attempt, nowMs: number): Attempt => {
  const { exitCode } = outcomeOf(entry.spec.pod)
  const endedAtMs = (attempt.startedAtMs ?? 0) + stepMs
  return attempt.state !== "running" || exitCode === undefined || nowMs < endedAtMs
    ? attempt
    : { ...attempt, state: exitCode === 0 ? "succeeded" : "failed", exitCode, endedAtMs }
}

const nextTask = ({ attempts, spec }: Entry): Attempt | undefined => {
  for (let index = 0; index < spec.completions; index++) {
    const tries = attempts.filter((attempt) => attempt.index === index)
    const failures = tries.filter(({ state }) => state === "failed").length
    if (tries.every(({ state }) => state === "failed" || state === "lost") && failures <= spec.retries)
      return { index, attempt: tries.length, node, state: "running" }
  }
  return undefined
}

const count = ({ attempts }: Entry, state: Attempt["state"]): number =>
  attempts.filter((attempt) => attempt.state === state).length

const stateOf = (entry: Entry): JobStatus["state"] => {
  if (entry.cancelled) return "cancelled"
  if (count(entry, "succeeded") === entry.spec.completions) return "succeeded"
  if (entry.held) return "held"
  if (count(entry, "running") > 0) return "running"
  return fits(entry.spec) && nextTask(entry) === undefined ? "failed" : "waiting"
}

const advance = (entry: Entry, nowMs: number): void => {
  if (isOver(stateOf(entry))) return
  entry.attempts = entry.attempts.map((attempt) => ended(entry, attempt, nowMs))
  while (!entry.held && entry.begun && fits(entry.spec) && nowMs - entry.submittedAtMs >= stepMs / 2) {
    const next = nextTask(entry)
    if (next === undefined || count(entry, "running") >= entry.spec.parallelism) break
    entry.attempts = [...entry.attempts, { ...next, startedAtMs: nowMs }]
  }
  if (isOver(stateOf(entry))) entry.endedAtMs = nowMs
}

const statusOf = (entry: Entry, nowMs: number): JobStatus => {
  advance(entry, nowMs)
  const startedAtMs = entry.attempts[0]?.startedAtMs
  const [running, succeeded] = [count(entry, "running"), count(entry, "succeeded")]
  const failed = isOver(stateOf(entry)) ? entry.spec.completions - succeeded : 0
  return {
    id: entry.id,
    spec: entry.spec,
    state: stateOf(entry),
    submittedAtMs: entry.submittedAtMs,
    ...(startedAtMs === undefined ? {} : { startedAtMs }),
    ...(entry.endedAtMs === undefined ? {} : { endedAtMs: entry.endedAtMs }),
    tasks: { waiting: entry.spec.completions - running - succeeded - failed, running, succeeded, failed },
    attempts: entry.attempts
  }
}

/** An honest Scheduler in memory, with one host. */
export const memoryJobs = (capabilities: Capabilities): Layer.Layer<Scheduler> =>
  Layer.effect(
    Scheduler,
    Effect.sync(() => {
      const entries = new Map<string, Entry>()
      let serial = 0
      const change = (operation: string, ref: Ref, edit: (entry: Entry, nowMs: number) => void) =>
        at((nowMs) => {
          const entry = entries.get(keyOf(ref))
          if (entry === undefined) return missing(operation, "job", keyOf(ref))
          settle(nowMs)
          advance(entry, nowMs)
          if (!isOver(stateOf(entry))) edit(entry, nowMs)
          return Effect.succeed(statusOf(entry, nowMs))
        })
      const stop = (entry: Entry) => {
        entry.attempts = entry.attempts.map((attempt) =>
          attempt.state === "running" ? { ...attempt, state: "lost" } : attempt
        )
      }
      const settle = (nowMs: number) => {
        for (const entry of entries.values()) {
          const { after = [], namespace } = entry.spec
          if (entry.begun || isOver(stateOf(entry))) continue
          const turn = turnOf(
            after.map((name) => {
              const other = entries.get(keyOf({ name, namespace }))
              if (other !== undefined) advance(other, nowMs)
              return [name, other === undefined ? undefined : stateOf(other)]
            })
          )
          if (turn._tag === "Go") entry.begun = true
          if (turn._tag === "Never") entry.cancelled = true
        }
      }
      const all = at((nowMs) => Effect.sync(() => [...entries.values()].map((entry) => statusOf(entry, nowMs))))

      return Scheduler.of({
        backend: "memory",
        capabilities,
        submit: (spec) =>
          Effect.flatMap(checked(Job, "submit")(spec), () =>
            at((nowMs) => {
              const fresh = {
                id: `job-${serial++}`,
                spec: own(spec),
                submittedAtMs: nowMs,
                held: spec.held,
                begun: spec.after === undefined,
                cancelled: false,
                attempts: []
              }
              const entry = entries.get(keyOf(spec)) ?? fresh
              entries.set(keyOf(spec), entry)
              return Effect.succeed(statusOf(entry, nowMs))
            })
          ),
        get: (ref) => change("get", ref, () => undefined),
        list: (namespace) =>
          Stream.unwrap(
            Effect.map(all, (jobs) =>
              paged(
                jobs.filter(({ spec }) => [undefined, spec.namespace].includes(listedIn(usualNamespace, namespace)))
              )
            )
          ),
        cancel: (ref) =>
          Effect.asVoid(
            change("cancel", ref, (entry, nowMs) => {
              stop(entry)
              entry.cancelled = true
              entry.endedAtMs = nowMs
            })
          ),
        hold: (ref) =>
          Effect.asVoid(
            change("hold", ref, (entry) => {
              stop(entry)
              entry.held = true
            })
          ),
        release: (ref) =>
          Effect.asVoid(
            change("release", ref, (entry) => {
              entry.held = false
            })
          ),
        remove: (ref) => Effect.sync(() => void entries.delete(keyOf(ref))),
        logs: (ref, options = {}) =>
          Stream.unwrap(
            Effect.map(
              change("logs", ref, () => undefined),
              ({ spec }) => {
                const look = () => {
                  const entry = entries.get(keyOf(ref))
                  const lines = entry === undefined || entry.attempts.length === 0 ? [] : outcomeOf(spec.pod).lines
                  return {
                    lines: lines.slice(-(options.tail ?? lines.length)).map((text) => ({ source: spec.name, text })),
                    over: entry === undefined || isOver(stateOf(entry))
                  }
                }
                return options.follow === true ? followed(look) : paged(look().lines)
              }
            )
          ),
        watch: (ref) =>
          watching<JobStatus | undefined, JobEvent>(undefined, (before, atMs) => {
            const entry = entries.get(keyOf(ref))
            if (entry === undefined) return { seen: before, last: true, news: [] }
            const job = statusOf(entry, atMs)
            const isNews = JSON.stringify(job) !== JSON.stringify(before)
            return { seen: job, last: isOver(job.state), news: isNews ? [{ atMs, job }] : [] }
          }),
        why: (ref) =>
          Effect.map(
            change("why", ref, () => undefined),
            (job) => ({
              summary: fits(job.spec) ? `the job is ${job.state}` : "no host is large enough",
              refusals: fits(job.spec) ? [] : [{ candidate: node, code: "cpu", why: "more CPU than the host has" }]
            })
          ),
        capacity: Effect.map(all, (jobs) => {
          const used = jobs.map(({ spec, tasks }) => scaled(requestOf(spec.pod), tasks.running)).reduce(plus, none)
          return { nodes: [{ name: node, total, free: minus(total, used) }] }
        })
      })
    })
  )
