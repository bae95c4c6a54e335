import { Clock, Effect } from "effect"
import type { Machine, Machines } from "../../ports/Machines.ts"

type Port = Machines["Service"]

/** When a machine was last shown, and what it was like. */
interface Sighting {
  readonly machine: Machine
  readonly atMs: number
}

/** Ends are final: a list that shows an earlier state lags behind. */
const finality = ({ state }: Machine): number => (state === "terminated" ? 2 : state === "terminating" ? 1 : 0)

/** What this process knows of machines, to correct lists that lag behind. */
class Sightings {
  private readonly known = new Map<string, Sighting>()
  private readonly lagMsMax: number

  constructor(lagMsMax: number) {
    this.lagMsMax = lagMsMax
  }

  note(machine: Machine, atMs: number): Machine {
    const before = this.known.get(machine.id)?.machine
    const now = before !== undefined && finality(before) > finality(machine) ? before : machine
    this.known.set(machine.id, { machine: now, atMs })
    return now
  }

  noteEnding(ids: ReadonlyArray<string>, atMs: number): void {
    for (const id of ids) {
      const before = this.known.get(id)?.machine
      if (before !== undefined) this.note({ ...before, state: "terminating" }, atMs)
    }
  }

  /** The list with those that it should show: nothing that lives vanishes before it was seen to end. */
  corrected(cluster: string | undefined, listed: ReadonlyArray<Machine>, atMs: number): ReadonlyArray<Machine> {
    const shown = new Set(listed.map(({ id }) => id))
    const missing: Array<Machine> = []
    for (const [id, { atMs: lastAtMs, machine }] of this.known) {
      if (shown.has(id) || (cluster !== undefined && machine.owner.cluster !== cluster)) continue
      if (finality(machine) === 0 && atMs - lastAtMs <= this.lagMsMax) missing.push(machine)
      else this.known.delete(id)
    }
    return [...listed.map((machine) => this.note(machine, atMs)), ...missing]
  }
}

/**
 * A cloud whose lists never fall behind what this process was told before. A machine that is missing from one look is not
 * taken for gone; it is once it was seen to end, or was not shown for longer than a list may lag.
 */
export const remembering = (machines: Port, lagMsMax: number): Port => {
  const sightings = new Sightings(lagMsMax)
  const now = Clock.currentTimeMillis
  return {
    ...machines,
    observe: (cluster) =>
      Effect.flatMap(machines.observe(cluster), (listed) =>
        Effect.map(now, (atMs) => sightings.corrected(cluster, listed, atMs))
      ),
    launch: (request) =>
      Effect.flatMap(machines.launch(request), (machine) => Effect.map(now, (atMs) => sightings.note(machine, atMs))),
    terminate: (ids) =>
      Effect.andThen(
        machines.terminate(ids),
        Effect.map(now, (atMs) => sightings.noteEnding(ids, atMs))
      )
  }
}
