import { type Context, Effect, Scheduler, Scope, Stream } from "effect"
import type { Streams } from "../engine/Streams.ts"
import { VirtualFibers } from "./VirtualFibers.ts"
import type { VirtualTime } from "./VirtualTime.ts"

/** What runs in one turn of the real event loop at most, so that the rest of the process gets its turns as well. */
const stepsPerTurn = 1_000
/** An answer goes through promises and fibers until somebody acts on it, one turn each; these are more than it takes. */
const turnsToAct = 32

/**
 * Calls from real time into virtual time. While one is under way, virtual time moves to what comes next; between calls it
 * stands still. After an answer it waits until its receiver has acted, so that the same calls meet the same world each time.
 */
export class Crossing {
  private readonly fibers: VirtualFibers
  private readonly eventLoop = new Scheduler.MixedScheduler().makeDispatcher()
  private underWay = 0
  private turnsLeftToAct = 0
  private isAwake = false

  constructor(time: VirtualTime, streams: Streams) {
    this.fibers = new VirtualFibers(time, streams)
  }

  /** The same call, which runs in virtual time. Interrupted, it ends there too, and has ended when the interruption is over. */
  readonly effect = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.contextWith((given: Context.Context<R>) =>
      Effect.callback<A, E>((resume) => {
        const fiber = this.fibers.fork(call, given)
        this.begin()
        fiber.addObserver((exit) => {
          this.end()
          resume(exit)
        })
        return Effect.callback<void>((ended) => {
          fiber.addObserver(() => ended(Effect.void))
          this.fibers.next(() => fiber.interruptUnsafe())
          this.wake()
        })
      })
    )

  /** The same stream. A call is under way only while its next items are waited for. */
  readonly stream = <A, E, R>(call: Stream.Stream<A, E, R>): Stream.Stream<A, E, R> =>
    Stream.scoped(
      Stream.fromPull(
        Effect.suspend(() => {
          const within = Scope.makeUnsafe()
          const opened = this.effect(Scope.provide(Stream.toPull(call), within))
          return Effect.addFinalizer((exit) => this.effect(Scope.close(within, exit))).pipe(
            Effect.andThen(opened),
            Effect.map((pull) => this.effect(pull))
          )
        })
      )
    )

  private begin(): void {
    this.underWay += 1
    this.turnsLeftToAct = turnsToAct
    this.wake()
  }

  private end(): void {
    this.underWay -= 1
    this.turnsLeftToAct = turnsToAct
  }

  private wake(): void {
    if (this.isAwake) return
    this.isAwake = true
    this.eventLoop.scheduleTask(this.turn, 0)
  }

  private readonly turn = (): void => {
    this.isAwake = false
    if (this.takeTurn()) this.wake()
  }

  /** Whether another turn has something to do. */
  private takeTurn(): boolean {
    for (let steps = 0; steps < stepsPerTurn; steps++) {
      if (this.fibers.runNext()) continue
      if (this.underWay === 0) return false
      if (this.turnsLeftToAct > 0) {
        this.turnsLeftToAct -= 1
        return true
      }
      if (!this.fibers.step()) return false
    }
    return true
  }
}
