import { Clock, Context, Effect, type Fiber, Random } from "effect"
import type { Streams } from "../engine/Streams.ts"
import { RunQueue } from "./RunQueue.ts"
import { simClock } from "./SimClock.ts"
import { simRandom } from "./simRandom.ts"
import type { VirtualTime } from "./VirtualTime.ts"

/** Programs that live in one virtual time: they take turns in one queue, and move only when they are told to. */
export class VirtualFibers {
  readonly time: VirtualTime
  private readonly queue = new RunQueue()
  private readonly services: Context.Context<never>

  constructor(time: VirtualTime, streams: Streams) {
    this.time = time
    this.services = Context.make(Clock.Clock, simClock(time)).pipe(
      Context.add(Random.Random, simRandom(streams.named("program")))
    )
  }

  /** Begins a program. Clock and randomness are the virtual ones, whatever its caller has. */
  fork<A, E, R>(program: Effect.Effect<A, E, R>, given: Context.Context<R>): Fiber.Fiber<A, E> {
    return Effect.runForkWith(Context.merge(given, this.services))(program, { scheduler: this.queue })
  }

  /** Has an action take its turn among the programs. */
  next(action: () => void): void {
    this.queue.scheduleTask(action, 0)
  }

  /** Lets one of the programs that are ready take its turn; false when none is. */
  runNext(): boolean {
    return this.queue.runNext()
  }

  /** Everything that is ready runs, and only then time moves. False when nothing is ready and nothing is due. */
  step(): boolean {
    return this.queue.runNext() || this.time.step()
  }
}
