import { EventLog } from "../EventLog.ts"
import { StateHash } from "../StateHash.ts"
import type { Named, Witness } from "./WorldEvent.ts"

/** Who looks on. */
export interface Onlookers<Event extends string> {
  readonly witness?: Witness<Event>
  /** Where the lines go, in large chunks; left out, only the hash is kept. */
  readonly onTrace?: (chunk: string) => void
}

/** What happened in a world: a line per event, with names and offsets, and a hash that is chained from event to event. */
export class Trace<Event extends string = string> {
  /** Lines so far; the same number means that nothing changed. */
  lines = 0
  readonly #codes: ReadonlyMap<Event, number>
  readonly #hash = new StateHash()
  readonly #log: EventLog | undefined
  readonly #witness: Witness<Event> | undefined

  constructor(events: ReadonlyArray<Event>, { onTrace, witness }: Onlookers<Event> = {}) {
    this.#codes = new Map(events.map((event, code) => [event, code]))
    this.#log = onTrace === undefined ? undefined : new EventLog(onTrace)
    this.#witness = witness
  }

  /** Sixteen hexadecimal digits for everything so far. */
  get hash(): string {
    return this.#hash.digest()
  }

  /** Something happened to a pod, a node or a workload. */
  tell(timeMs: number, event: Event, subject: Named, where: Named | undefined, amount = 0): void {
    const hash = this.#hash
    this.lines += 1
    hash.integer(timeMs)
    hash.int32(this.#codes.get(event) ?? -1)
    hash.int32(subject.id)
    hash.int32(where?.id ?? -1)
    hash.integer(amount)
    this.#witness?.(timeMs, event, subject, where, amount)
    this.#log?.write(timeMs, event, subject.name, where?.name ?? "", amount)
  }

  /** Something happened that only one kind of world knows of. */
  note(timeMs: number, kind: string, ...names: ReadonlyArray<string | number>): void {
    this.lines += 1
    this.#hash.integer(timeMs)
    this.#hash.text(kind)
    for (const name of names) this.#hash.text(String(name))
    this.#log?.write(timeMs, kind, ...names)
  }

  /** Hands on the lines that are held back. */
  flush(): void {
    this.#log?.flush()
  }
}
