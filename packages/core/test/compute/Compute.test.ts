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
})
