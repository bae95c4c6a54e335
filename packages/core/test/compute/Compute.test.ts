import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { Layer } from "effect"
import {
  build,
  Compute,
  ComputeFailure,
  clusterManagerFromMachines,
  containerManagerFromHosts,
  guard,
  schedulerFromHosts
} from "../../src/index.ts"
import { clusterSpec } from "../derive/clusterSpec.ts"
import { memoryHosts, Rack } from "../derive/MemoryHosts.ts"
import { Cloud, memoryMachines } from "../derive/MemoryMachines.ts"
import { deployment, job } from "../derive/workloads.ts"

const hosts = (rack: Rack) =>
  Layer.mergeAll(containerManagerFromHosts({ everyMs: 10 }), schedulerFromHosts({ everyMs: 10 })).pipe(
    Layer.provide(memoryHosts(rack))
  )
const machines = (cloud: Cloud) =>
  clusterManagerFromMachines({ everyMs: 5, waits: false }).pipe(Layer.provide(memoryMachines(cloud)), guard())

const failureOf = async (work: Promise<unknown>): Promise<ComputeFailure> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason
  )
  assert.instanceOf(error, ComputeFailure)
  return error
}

describe("Compute.connect", () => {
  it("answers with promises, and takes builders [D7 N2 N5 R151]", async () => {
    const rack = new Rack()
    await using compute = await Compute.connect(hosts(rack))
    const built = build.Deployment.from(deployment())
    await compute.createDeployment(built)
    const again = await compute.createDeployment(built)
    assert.deepStrictEqual([again.revision, again.replicas.total], [1, 3])
    const names: Array<string> = []
    for await (const { spec } of compute.listDeployments()) names.push(spec.name)
    assert.deepStrictEqual(names, ["web"])
    assert.strictEqual((await compute.submit(job())).state, "running")
    assert.strictEqual((await compute.jobs.capacity()).nodes.length, 3)
  })
  it("fails with real errors that say what to do [D46 T8]", async () => {
    await using compute = await Compute.connect(machines(new Cloud()))
    const missing = await failureOf(compute.getCluster("nothing"))
    assert.deepStrictEqual([missing.code, missing.retry, missing instanceof Error], ["NotFound", "never", true])
    assert.include(missing.remedy, "compute get clusters")
    const wrong = await failureOf(compute.createCluster({ ...clusterSpec(), name: "Not A Name" }))
    assert.strictEqual(wrong.code, "InvalidInput")
    const lacking = await failureOf(compute.jobs.get({ name: "train" }))
    assert.strictEqual(lacking.code, "Unsupported")
  })
  it("a signal ends a call and an iteration", async () => {
    const cloud = new Cloud()
    await using compute = await Compute.connect(machines(cloud))
    await compute.createCluster(clusterSpec())
    const ended = AbortSignal.abort(new Error("enough"))
    const early = await compute.getCluster("web", { signal: ended }).then(
      () => "answered",
      (reason: Error) => reason.message
    )
    assert.strictEqual(early, "enough")
    const controller = new AbortController()
    let events = 0
    let why: unknown
    try {
      for await (const _event of compute.watchCluster("web", { signal: controller.signal }))
        if (++events === 3) controller.abort(new Error("seen enough"))
    } catch (error) {
      why = error
    }
    assert.strictEqual(events, 3)
    assert.strictEqual((why as Error).message, "seen enough")
  })
  it("takes a signal wherever people put it, and drops none of the options beside it", async () => {
    await using compute = await Compute.connect(guard()(hosts(new Rack())))
    await compute.createDeployment(deployment())
    const ended = AbortSignal.abort(new Error("enough"))
    const messageOf = (work: Promise<unknown>) => work.catch((error: Error) => error.message)
    const javascript = compute as unknown as Record<
      "getDeployment",
      (...args: ReadonlyArray<unknown>) => Promise<unknown>
    >
    assert.strictEqual(await messageOf(javascript.getDeployment({ name: "web" }, ended)), "enough")
    const controller = { signal: new AbortController() }
    assert.include(await messageOf(javascript.getDeployment({ name: "web" }, controller)), "signal: no AbortSignal")
    const { signal } = new AbortController()
    const refused = await failureOf(compute.logs({ name: "web" }, { tail: -1, signal })[Symbol.asyncIterator]().next())
    assert.include(refused.message, "options.tail")
    assert.strictEqual((await compute.getDeployment({ name: "web" }, { signal: undefined })).spec.name, "web")
  })
  it("rejects arguments that nobody could mean, and reaches no backend with them", async () => {
    await using compute = await Compute.connect(Layer.mergeAll(machines(new Cloud()), guard()(hosts(new Rack()))))
    await compute.createDeployment(deployment())
    const javascript = compute as unknown as Record<string, (...args: ReadonlyArray<unknown>) => Promise<unknown>>
    const nodes = compute.nodes as unknown as typeof javascript
    const web = { name: "web" }
    const calls: ReadonlyArray<readonly [string, () => Promise<unknown> | undefined]> = [
      ["(all): Expected object", () => javascript.createDeployment?.()],
      ["(all): more than plain data", () => javascript.createDeployment?.({ ...deployment(), ready: () => 1 })],
      ["ref: Expected object", () => javascript.scaleDeployment?.()],
      ["ref.name: missing", () => javascript.getDeployment?.({ nam: "web" })],
      ["update.replica: unknown field, allowed: replicas", () => javascript.updateDeployment?.(web, { replica: 3 })],
      ["update: Expected object", () => javascript.updateDeployment?.(web)],
      ["command: Expected array", () => javascript.exec?.(web, "ls")],
      ["update.pools: unknown field, allowed: nodePools", () => javascript.updateCluster?.("web", { pools: [] })],
      ["name: Expected string", () => nodes.cordon?.()],
      ["name: Expected a name", () => nodes.remove?.("")],
      ["options.deadline: unknown field", () => nodes.drain?.("node-1", { deadline: 5 })]
    ]
    for (const [message, call] of calls) {
      const failure = await failureOf(call() ?? Promise.resolve())
      assert.strictEqual(failure.code, "InvalidInput")
      assert.include(failure.message, message)
    }
  })
  it("a list that is narrowed to what is no name is refused and not empty", async () => {
    await using compute = await Compute.connect(guard()(hosts(new Rack())))
    const listed = compute.listDeployments({ namespace: "web" } as unknown as string)
    assert.include((await failureOf(listed[Symbol.asyncIterator]().next())).message, "namespace: Expected string")
  })
  it("says what to connect to where it was given nothing", async () => {
    const nothing = {} as { provider: Promise<never>; config: undefined }
    const failure = await failureOf(Compute.connect(nothing))
    assert.deepStrictEqual([failure.code, failure.operation], ["InvalidInput", "connect"])
    assert.include(failure.remedy, "import(")
  })
  it("a configuration with a misspelt or missing field is refused: what is reached by default is not what was meant", async () => {
    const layer = (_config: { readonly server: string; readonly image?: string }) => machines(new Cloud())
    const provider = { layer, configFields: { server: "required", image: "optional" } } as const
    const config = { serve: "here" } as unknown as { server: string }
    const { message } = await failureOf(Compute.connect({ provider, config }))
    assert.include(message, "config.serve: unknown field, allowed: server, image")
    assert.include(message, "config.server: missing")
    await using compute = await Compute.connect({ provider, config: { server: "here" } })
    assert.strictEqual(compute.backend, "memory")
  })
  it("an uncaught failure prints what happened and what to do, and no more", async () => {
    await using compute = await Compute.connect(machines(new Cloud()))
    const failure = await failureOf(compute.getCluster("nothing"))
    const printed = inspect(failure)
    assert.include(printed, failure.remedy)
    assert.notInclude(printed, "_tag")
    assert.strictEqual(failure.reason._tag, "NotFound")
  })
})
