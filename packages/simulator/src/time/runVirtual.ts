import { Context, type Effect, type Exit, type Fiber, type Tracer } from "effect"
import { Streams } from "../engine/Streams.ts"
import { VirtualFibers } from "./VirtualFibers.ts"
import { VirtualTime } from "./VirtualTime.ts"

export interface VirtualOptions {
  /** The time to run in; shared with the world the program acts on. */
  readonly time?: VirtualTime
  /** Where `Random` draws from: the stream named `program`. */
  readonly streams?: Streams
  /** Run tasks and events at most; a limit on everything. */
  readonly stepsMax?: number
  /** What to call the program in messages. */
  readonly name?: string
}

/** How a run ended. `Stuck` and `TooLong` say in a sentence what was going on. */
export type VirtualResult<A, E> =
  | { readonly _tag: "Done"; readonly exit: Exit.Exit<A, E>; readonly steps: number; readonly elapsedMs: number }
  | { readonly _tag: "Stuck" | "TooLong"; readonly message: string; readonly steps: number; readonly elapsedMs: number }

const stepsMaxDefault = 1_000_000_000

/**
 * Runs a program to its end in virtual time: everything that is ready runs, and only then time moves.
 *
 * It returns when the program ends, within one call, so promises never settle in it: code that waits for one is told so.
 */
export const runVirtual = <A, E>(
  program: Effect.Effect<A, E>,
  { name = "the program", stepsMax = stepsMaxDefault, streams, time = new VirtualTime() }: VirtualOptions = {}
): VirtualResult<A, E> => {
  const fibers = new VirtualFibers(time, streams ?? new Streams(0))
  const fiber = fibers.fork(program, Context.empty())
  for (let steps = 0; ; steps++) {
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return { _tag: "Done", exit, steps, elapsedMs: time.elapsedMs }
    if (steps >= stepsMax) return tooLong(name, fiber, time, steps)
    if (!fibers.step()) return stuck(name, fiber, time, steps)
  }
}

const stuck = (name: string, fiber: Fiber.Fiber<unknown, unknown>, time: VirtualTime, steps: number) => ({
  _tag: "Stuck" as const,
  message:
    `${name} waits for ever${place(fiber)}, ${time.elapsedMs} ms after the start: nothing is ready to run and nothing is due. ` +
    "Either its fibers wait for each other, or one waits for a promise, a timer or a server of the real world, " +
    "which virtual time cannot wait for.",
  steps,
  elapsedMs: time.elapsedMs
})

const tooLong = (name: string, fiber: Fiber.Fiber<unknown, unknown>, time: VirtualTime, steps: number) => ({
  _tag: "TooLong" as const,
  message: `${name} has not ended after ${steps} steps${place(fiber)}, ${time.elapsedMs} ms after the start`,
  steps,
  elapsedMs: time.elapsedMs
})

/** Where the main fiber is, by the names of its spans, innermost first. */
const place = (fiber: Fiber.Fiber<unknown, unknown>): string => {
  const names: Array<string> = []
  let span: Tracer.AnySpan | undefined = fiber.cache.span
  while (span !== undefined && span._tag === "Span") {
    names.push(span.name)
    span = span.parent._tag === "Some" ? span.parent.value : undefined
  }
  return names.length === 0 ? "" : ` in ${names.join(" < ")}`
}
