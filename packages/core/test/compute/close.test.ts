import { Context, Effect, Layer, Stream } from "effect"
import { expect, it } from "vitest"
import {
  because,
  Compute,
  type ComputeError,
  ComputeFailure,
  clusterManagerFromMachines,
  middleware,
  retry,
  Unavailable
} from "../../src/index.ts"
import { clusterSpec } from "../derive/clusterSpec.ts"
import { Cloud, memoryMachines } from "../derive/MemoryMachines.ts"

it("closing twice is closing once [N11]", async () => {
  let released = 0
  const counted = Layer.effectDiscard(Effect.acquireRelease(Effect.void, () => Effect.sync(() => released++)))
  const machines = clusterManagerFromMachines().pipe(Layer.provide(memoryMachines(new Cloud())))
  const compute = await Compute.connect(Layer.merge(machines, counted))
  await compute.close()
  await compute.close()
  expect(released).toBe(1)
})

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "answered",
    (error: unknown) => error
  )

const allOf = async <A>(items: AsyncIterable<A>): Promise<ReadonlyArray<A>> => {
  const all: Array<A> = []
  for await (const item of items) all.push(item)
  return all
}

const ofMachines = () =>
  clusterManagerFromMachines({ everyMs: 5, waits: false }).pipe(Layer.provide(memoryMachines(new Cloud())))

it("after closing, everything rejects with a failure that says so [N10]", async () => {
  const compute = await Compute.connect(ofMachines())
  await compute.close()
  const { nodes, jobs, ...own } = compute
  const calls = [own, nodes, jobs].flatMap((methods) =>
    Object.entries(methods).filter(([name]) => !["backend", "close", "service"].includes(name))
  )
  expect(calls.length).toBeGreaterThan(35)
  for (const [name, method] of calls) {
    const answer = (method as (...args: ReadonlyArray<string>) => Promise<unknown> | AsyncIterable<unknown>)("web")
    const failure = await failureOf(answer instanceof Promise ? answer : allOf(answer))
    expect(failure, name).toBeInstanceOf(ComputeFailure)
    expect(failure, name).toMatchObject({ code: "Closed", retry: "never" })
    expect((failure as ComputeFailure).remedy).toContain("connect anew")
  }
})

it("closing ends what is under way [N10]", async () => {
  const compute = await Compute.connect(ofMachines())
  await compute.createCluster(clusterSpec())
  const watched = failureOf(allOf(compute.watchCluster("web")))
  await compute.close()
  expect(await watched).toMatchObject({ code: "Closed" })
})

it("leaving a loop over a stream ends the stream", async () => {
  let open = 0
  const counting = middleware({
    effect: (_operation, _args, call) => call,
    stream: (_operation, _args, call) =>
      Stream.unwrap(
        Effect.as(
          Effect.acquireRelease(
            Effect.sync(() => open++),
            () => Effect.sync(() => open--)
          ),
          call
        )
      )
  })
  await using compute = await Compute.connect(ofMachines().pipe(counting))
  await compute.createCluster(clusterSpec())
  for await (const _event of compute.watchCluster("web")) {
    expect(open).toBe(1)
    break
  }
  expect(open).toBe(0)
})

/** A service as providers have it beside the three. */
class Weather extends Context.Service<
  Weather,
  {
    readonly backend: string
    readonly capabilities: Record<string, never>
    readonly ask: (place: string) => Effect.Effect<string, ComputeError>
    readonly days: Stream.Stream<number, ComputeError>
    readonly now: Effect.Effect<string, ComputeError>
  }
>()("@orrery/test/Weather") {}

it("a provider's own services are had with promises, and go through the same middleware", async () => {
  const away = () => because(new Unavailable({ backend: "weather", operation: "ask", detail: "away" }))
  let tries = 0
  const weather = Layer.succeed(Weather, {
    backend: "weather",
    capabilities: {},
    ask: (place) => Effect.suspend(() => (++tries < 3 ? Effect.fail(away()) : Effect.succeed(`fine in ${place}`))),
    days: Stream.make(1, 2),
    now: Effect.succeed("now")
  })
  const compute = await Compute.connect(Layer.merge(ofMachines(), weather).pipe(retry({ delayMs: 1 })))
  const service = compute.service(Weather)
  expect([await service.ask("Paris"), tries]).toEqual(["fine in Paris", 3])
  expect(await allOf(service.days())).toEqual([1, 2])
  expect(await failureOf(service.now({ signal: AbortSignal.abort("enough") }))).toBe("enough")
  await compute.close()
  expect(await failureOf(service.now())).toMatchObject({ code: "Closed" })
})
