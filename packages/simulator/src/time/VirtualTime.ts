import { Agenda, type Ticket } from "../engine/Agenda.ts"

/** Who acts first at one and the same millisecond: the world, and then the programs that look at it. */
export const eventClasses = { world: 0, program: 128 } as const
export type EventClass = (typeof eventClasses)[keyof typeof eventClasses]

/** Names one thing that is still to happen, for `cancel`. */
export interface Due {
  readonly ticket: Ticket
  readonly slot: number
}

/** What is to happen, as functions, over the engine's agenda of numbers. One per simulation; nothing else moves time. */
export class VirtualTime {
  /** When the simulation begins, in milliseconds of Unix time. */
  readonly startMs: number
  private readonly agenda = new Agenda()
  private readonly actions: Array<(() => void) | undefined> = []
  private readonly freeSlots: Array<number> = []

  constructor(startMs = 0) {
    this.startMs = startMs
  }

  /** Milliseconds since the simulation began. */
  get elapsedMs(): number {
    return this.agenda.now
  }

  /** Unix time as the simulated world has it. */
  get nowMs(): number {
    return this.startMs + this.agenda.now
  }

  /** How many things are still to happen. */
  get pending(): number {
    return this.agenda.size
  }

  /** Has `action` happen after a whole number of milliseconds. */
  after(delayMs: number, eventClass: EventClass, action: () => void): Due {
    const slot = this.freeSlots.pop() ?? this.actions.length
    const ticket = this.agenda.schedule(this.agenda.now + delayMs, eventClass, slot)
    this.actions[slot] = action
    return { ticket, slot }
  }

  /** Takes something back that is still to happen; false when it has happened or was taken back. */
  cancel({ slot, ticket }: Due): boolean {
    if (!this.agenda.cancel(ticket)) return false
    this.free(slot)
    return true
  }

  /** Moves to what comes next and lets it happen. False when nothing is left. */
  step(): boolean {
    if (!this.agenda.take()) return false
    const slot = this.agenda.payload
    const action = this.actions[slot]
    this.free(slot)
    action?.()
    return true
  }

  private free(slot: number): void {
    this.actions[slot] = undefined
    this.freeSlots.push(slot)
  }
}
