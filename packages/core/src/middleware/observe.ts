import { Clock, Effect, Exit, Metric, Stream, type Tracer } from "effect"
import type { ComputeError } from "../service/ComputeError.ts"
import { type Middleware, middleware, type Operation } from "./Around.ts"

const calls = Metric.counter("orrery_calls_total", { description: "Calls of a service", incremental: true })
const failures = Metric.counter("orrery_failures_total", { description: "Calls that failed", incremental: true })
const durations = Metric.histogram("orrery_call_ms", {
  description: "How long calls took",
  boundaries: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000]
})

/** The name of what a call is about. Nothing else of its arguments is told: they may hold secrets. */
const subjectOf = ([first]: ReadonlyArray<unknown>): string | undefined =>
  typeof first === "string"
    ? first
    : typeof first === "object" && first !== null && "name" in first && typeof first.name === "string"
      ? first.name
      : undefined

const spanOptions = ({ backend }: Operation, args: ReadonlyArray<unknown>): Tracer.SpanOptionsNoTrace => {
  const subject = subjectOf(args)
  return { kind: "client", attributes: subject === undefined ? { backend } : { backend, subject } }
}

/** The metrics of one operation, made when it is first called and kept. */
const metersOf = () => {
  const known = new Map<string, { readonly calls: typeof calls; readonly durations: typeof durations }>()
  return ({ backend, name }: Operation) => {
    const key = `${backend} ${name}`
    const found = known.get(key)
    if (found !== undefined) return found
    const attributes = { backend, operation: name }
    const made = {
      calls: Metric.withAttributes(calls, attributes),
      durations: Metric.withAttributes(durations, attributes)
    }
    known.set(key, made)
    return made
  }
}

/** Tells of every call: a span, how often, how long, and which reason it failed with. Never an argument beyond a name. */
export const observe = (): Middleware => {
  const meters = metersOf()
  const fails = ({ backend, name }: Operation, { reason }: ComputeError): Effect.Effect<void> =>
    Metric.update(Metric.withAttributes(failures, { backend, operation: name, reason: reason._tag }), 1)
  return middleware({
    effect: (operation, args, call) =>
      Effect.flatMap(Clock.currentTimeMillis, (startMs) => {
        const meter = meters(operation)
        return call.pipe(
          Effect.tapError((error) => fails(operation, error)),
          Effect.onExit((exit) =>
            Effect.flatMap(Clock.currentTimeMillis, (endMs) =>
              Effect.andThen(
                Exit.isSuccess(exit) || !Exit.hasInterrupts(exit) ? Metric.update(meter.calls, 1) : Effect.void,
                Metric.update(meter.durations, endMs - startMs)
              )
            )
          ),
          Effect.withSpan(operation.name, spanOptions(operation, args), { captureStackTrace: false })
        )
      }),
    stream: (operation, args, call) =>
      Stream.unwrap(Effect.as(Metric.update(meters(operation).calls, 1), call)).pipe(
        Stream.tapError((error) => fails(operation, error)),
        Stream.withSpan(operation.name, { ...spanOptions(operation, args), captureStackTrace: false })
      )
  })
}
