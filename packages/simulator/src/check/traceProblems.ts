import type { Problems } from "./invariants.ts"

const secondsMin = 60
const podEnds = new Set(["podSucceeded", "podFailed", "podGone", "podLost"])

/** Everything that must hold of the whole story, told line by line: time, machines and pods. */
export const traceProblems = (trace: string): Problems => {
  const problems: Array<string> = []
  let lastMs = 0
  const machines = new Set<string>()
  const pods = new Set<string>()
  const lines = linesOf(trace)
  if (lines.length === 0) problems.push("nothing happened at all")
  for (const { atMs, kind, names } of lines) {
    const [name = ""] = names
    if (!Number.isInteger(atMs) || atMs < lastMs) problems.push(`time went from ${lastMs} to ${atMs}`)
    lastMs = atMs
    if (kind === "launched") {
      if (machines.has(name)) problems.push(`${name} was launched while it was there`)
      machines.add(name)
    } else if (kind === "ending" && !machines.delete(name)) problems.push(`${name} ended and was not there`)
    else if (kind === "podBound") {
      if (pods.has(name)) problems.push(`${name} was placed while it was there`)
      pods.add(name)
    } else if (kind === "podRunning" && !pods.has(name)) problems.push(`${name} started and had no place`)
    else if (podEnds.has(kind) && !pods.delete(name)) problems.push(`${name} ${kind} and was not there`)
  }
  return problems
}

/** What all machines of a cluster cost until `endMs`, from the trace alone: begun seconds, at least a minute each. */
export const costInTrace = (trace: string, cluster: string, endMs: number): number => {
  const rented = new Map<string, { readonly sinceMs: number; readonly microUsdPerHour: number }>()
  let total = 0
  const settle = (name: string, untilMs: number) => {
    const rent = rented.get(name)
    if (rent === undefined) return
    const seconds = Math.max(secondsMin, Math.ceil((untilMs - rent.sinceMs) / 1000))
    total += Math.round((seconds * rent.microUsdPerHour) / 3600)
    rented.delete(name)
  }
  for (const { atMs, kind, names } of linesOf(trace)) {
    const [name = "", , microUsdPerHour = ""] = names
    if (!name.startsWith(`${cluster}/`)) continue
    if (kind === "launched") rented.set(name, { sinceMs: atMs, microUsdPerHour: Number(microUsdPerHour) })
    else if (kind === "ending") settle(name, atMs)
  }
  for (const name of [...rented.keys()]) settle(name, endMs)
  return total
}

const linesOf = (trace: string) =>
  trace
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [at = "", kind = "", ...names] = line.split(" ")
      return { atMs: Number(at), kind, names }
    })
