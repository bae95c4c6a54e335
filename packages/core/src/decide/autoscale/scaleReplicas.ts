/** How much replicas may change within a period: so many pods, or such a share of those at its start. */
export interface ReplicaRate {
  readonly type: "pods" | "percent"
  readonly value: number
  readonly periodMs: number
}

/** How fast replicas change in one direction. */
export interface ReplicaRules {
  readonly windowMs: number
  /** Of several rates the one that changes most, or least, or no change at all. */
  readonly select: "max" | "min" | "disabled"
  readonly rates: ReadonlyArray<ReplicaRate>
}

/** Both directions. */
export interface ReplicaBehavior {
  readonly up: ReplicaRules
  readonly down: ReplicaRules
}

/** What the controller does that nobody configured: up by four pods or doubling in 15 s, down after five minutes. */
export const defaultBehavior: ReplicaBehavior = {
  up: {
    windowMs: 0,
    select: "max",
    rates: [
      { type: "pods", value: 4, periodMs: 15_000 },
      { type: "percent", value: 100, periodMs: 15_000 }
    ]
  },
  down: { windowMs: 300_000, select: "max", rates: [{ type: "percent", value: 100, periodMs: 15_000 }] }
}

/** A change of the replicas that was made. */
export interface ReplicaChange {
  readonly atMs: number
  readonly by: number
}

/** What was wanted and done lately. */
export interface ReplicaHistory {
  readonly wanted: ReadonlyArray<{ readonly atMs: number; readonly replicas: number }>
  readonly added: ReadonlyArray<ReplicaChange>
  readonly removed: ReadonlyArray<ReplicaChange>
}

/** Nothing happened yet. */
export const noHistory: ReplicaHistory = { wanted: [], added: [], removed: [] }

const within = (changes: ReadonlyArray<ReplicaChange>, sinceMs: number): number => {
  let sum = 0
  for (const { atMs, by } of changes) if (atMs > sinceMs) sum += by
  return sum
}

/** How far one direction's rates let the replicas go. */
const limitOf = (
  current: number,
  history: ReplicaHistory,
  rules: ReplicaRules,
  sign: 1 | -1,
  nowMs: number
): number => {
  if (rules.select === "disabled") return current
  const limits = rules.rates.map(({ periodMs, type, value }) => {
    const sinceMs = nowMs - periodMs
    const atStart = current - within(history.added, sinceMs) + within(history.removed, sinceMs)
    if (type === "pods") return atStart + sign * value
    return sign > 0 ? Math.ceil(atStart * (1 + value / 100)) : Math.trunc(atStart * (1 - value / 100))
  })
  const isFarthestUp = (rules.select === "max") === sign > 0
  const limit = isFarthestUp ? Math.max(...limits) : Math.min(...limits)
  return sign > 0 ? Math.max(current, limit) : Math.min(current, limit)
}

/** Keeps a recommendation from following every blink: up to the least wanted in its window, down to the most. */
const stabilized = (
  current: number,
  wanted: number,
  history: ReplicaHistory,
  rules: ReplicaBehavior,
  nowMs: number
) => {
  let least = wanted
  let most = wanted
  for (const { atMs, replicas } of history.wanted) {
    if (atMs > nowMs - rules.up.windowMs) least = Math.min(least, replicas)
    if (atMs > nowMs - rules.down.windowMs) most = Math.max(most, replicas)
  }
  return Math.min(Math.max(current, least), most)
}

/** A size to bring within bounds, at a rate. */
export interface ReplicaWish {
  readonly current: number
  readonly wanted: number
  readonly min: number
  readonly max: number
  readonly nowMs: number
}

/** The replicas to set now, and the history that the next wish is judged by. */
export const scaleReplicas = (
  { current, max, min, nowMs, wanted }: ReplicaWish,
  history: ReplicaHistory,
  behavior: ReplicaBehavior = defaultBehavior
): { readonly replicas: number; readonly history: ReplicaHistory } => {
  if (current === 0 && min !== 0) return { replicas: 0, history }
  if (current > max || current < min) return changed(current, Math.min(Math.max(current, min), max), history, nowMs)
  const calm = stabilized(current, wanted, history, behavior, nowMs)
  const windowMs = Math.max(behavior.up.windowMs, behavior.down.windowMs)
  const kept = history.wanted.filter(({ atMs }) => atMs > nowMs - windowMs)
  const remembered = { ...history, wanted: [...kept, { atMs: nowMs, replicas: wanted }] }
  const limit =
    calm > current
      ? Math.min(calm, max, limitOf(current, history, behavior.up, 1, nowMs))
      : Math.max(calm, min, limitOf(current, history, behavior.down, -1, nowMs))
  return changed(current, limit, pruned(remembered, behavior, nowMs), nowMs)
}

const pruned = (history: ReplicaHistory, { down, up }: ReplicaBehavior, nowMs: number): ReplicaHistory => {
  if (history.added.length === 0 && history.removed.length === 0) return history
  const longestMs = Math.max(...up.rates.map((rate) => rate.periodMs), ...down.rates.map((rate) => rate.periodMs))
  const recent = (change: ReplicaChange): boolean => change.atMs > nowMs - longestMs
  return { ...history, added: history.added.filter(recent), removed: history.removed.filter(recent) }
}

const changed = (current: number, replicas: number, history: ReplicaHistory, nowMs: number) => {
  if (replicas === current) return { replicas, history }
  return replicas > current
    ? { replicas, history: { ...history, added: [...history.added, { atMs: nowMs, by: replicas - current }] } }
    : { replicas, history: { ...history, removed: [...history.removed, { atMs: nowMs, by: current - replicas }] } }
}
