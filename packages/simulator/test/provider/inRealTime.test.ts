import { setTimeout } from "node:timers/promises"
import { build, Compute, ComputeFailure } from "@orrery/core"
import { assert, describe, it } from "vitest"
import * as simulator from "../../src/backend.ts"

const { ComputeCluster, Container, Deployment, Job, NodePool } = build
const ref = { name: "web" }
const web = (replicas: number) =>
  Deployment.new(ref.name).withReplicas(replicas).withContainer(Container.new(ref.name).withImage("web:1.0"))
const fleet = ComputeCluster.new("fleet")
  .withProvider("aws")
  .withRegion("us-west-2")
  .addNodePool(NodePool.new("general").withInstanceType("c5.xlarge").withSizeRange(2, 4))

const connect = (config: simulator.SimulatedConfig = {}) => Compute.connect({ provider: simulator, config })
type Connected = Awaited<ReturnType<typeof connect>>

const untilAvailable = async (compute: Connected) => {
  for await (const { deployment } of compute.watchDeployment(ref)) if (deployment.state === "available") return
}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error
  )

/** What a day's program was answered, with the time of each answer, under faults. */
const rehearsed = async (seed: number): Promise<string> => {
  const heard: Array<unknown> = []
  await using compute = await connect({ profile: "aws", seed, faults: simulator.badDay })
  const time = compute.service(simulator.SimulatedTime)
  const hear = async (answer: unknown) => heard.push([await time.nowMs(), await answer])
  await hear(compute.createCluster(fleet))
  await Promise.all([hear(compute.createDeployment(web(3))), hear(compute.scalePool("fleet", "general", 3))])
  for await (const event of compute.watchDeployment(ref)) {
    await hear(event)
    if (event.deployment.state === "available") break
  }
  await Promise.all(Array.from({ length: 40 }, () => hear(compute.getDeployment(ref))))
  await hear(compute.deleteDeployment(ref))
  return JSON.stringify(heard)
}

describe("a simulated backend in real time", () => {
  it("is a function of its seed and its calls", async () => {
    const [once, again, other] = [await rehearsed(7), await rehearsed(7), await rehearsed(8)]
    assert.strictEqual(once, again)
    assert.notStrictEqual(once, other)
  })

  it("is the same while the rest of the process is busy", async () => {
    const alone = await rehearsed(7)
    const both = await Promise.all([rehearsed(7), rehearsed(9), setTimeout(1), rehearsed(7)])
    assert.strictEqual(both[0], alone)
    assert.strictEqual(both[3], alone)
  })

  it("moves no time between calls but what it is told to", async () => {
    await using compute = await connect({ profile: "k8s" })
    const time = compute.service(simulator.SimulatedTime)
    await compute.createDeployment(web(2))
    const leftMs = await time.nowMs()
    await setTimeout(20)
    assert.strictEqual(await time.nowMs(), leftMs)
    await time.pass(3_600_000)
    assert.strictEqual(await time.nowMs(), leftMs + 3_600_000)
    assert.strictEqual((await compute.getDeployment(ref)).state, "available")
  })

  it("lets whoever is answered act at once, though another call waits", async () => {
    await using compute = await connect({ profile: "k8s" })
    const time = compute.service(simulator.SimulatedTime)
    await compute.createDeployment(web(2))
    const watched = failureOf(
      (async () => {
        for await (const _ of compute.watchDeployment(ref));
      })()
    )
    for (let round = 0; round < 20; round++) {
      await compute.getDeployment(ref)
      const fromMs = await time.nowMs()
      await time.pass(1_000)
      assert.strictEqual((await time.nowMs()) - fromMs, 1_000)
    }
    await compute.close()
    assert.instanceOf(await watched, ComputeFailure)
  })

  it("lets a program poll that knows nothing of the simulator", async () => {
    await using compute = await connect({ profile: "k8s", betweenCallsMs: 1_000 })
    let looks = 1
    for (await compute.createDeployment(web(2)); (await compute.getDeployment(ref)).state !== "available"; ) looks += 1
    assert.isAbove(looks, 1)
  })

  it("follows logs and jobs to their end", async () => {
    await using compute = await connect({ profile: "k8s", seed: 3 })
    const sum = Container.new("main").withImage("sum:1").withCommand("sh", "-c", "sleep 60; echo $JOB_INDEX")
    const sums = { name: "sums" }
    await compute.submit(Job.new(sums.name).withContainer(sum).withTasks(3))
    const heard: Array<string> = []
    for await (const { text } of compute.jobs.logs(sums, { follow: true })) heard.push(text)
    assert.deepStrictEqual(heard.toSorted(), ["0", "1", "2"])
    const states: Array<string> = []
    for await (const event of compute.jobs.watch(sums)) states.push(event.job.state)
    assert.strictEqual(states.at(-1), "succeeded")
  })

  it("follows what has no end until it is left", async () => {
    await using compute = await connect({ profile: "k8s", seed: 3 })
    const serve = Container.new(ref.name)
      .withImage("web:1.0")
      .withCommand("sh", "-c", "sleep 90; echo ready; sleep infinity")
    await compute.createDeployment(Deployment.new(ref.name).withContainer(serve))
    await untilAvailable(compute)
    for await (const line of compute.logs(ref, { follow: true })) {
      assert.strictEqual(line.text, "ready")
      break
    }
  })

  it("ends a watch with its signal, while another goes on", async () => {
    await using compute = await connect({ profile: "k8s" })
    await compute.createDeployment(web(2))
    const controller = new AbortController()
    const watched = (async () => {
      for await (const _ of compute.watchDeployment(ref, { signal: controller.signal }));
    })()
    await untilAvailable(compute)
    controller.abort(new Error("enough"))
    assert.strictEqual(String(await failureOf(watched)), "Error: enough")
    assert.strictEqual((await compute.getDeployment(ref)).state, "available")
  })

  it("closes in the middle of calls and watches", async () => {
    const compute = await connect({ profile: "aws" })
    const created = failureOf(compute.createCluster(fleet))
    const watched = failureOf(untilAvailable(compute))
    await setTimeout(1)
    await compute.close()
    for (const failure of [await created, await watched])
      assert.isTrue(failure === undefined || failure instanceof ComputeFailure)
    const late = await failureOf(compute.getDeployment(ref))
    assert.strictEqual(late instanceof ComputeFailure && late.code, "Closed")
  })

  it("refuses a configuration that it cannot use, all of it at once", async () => {
    const config = { profile: "azure", seed: 0.5 } as unknown as simulator.SimulatedConfig
    const failure = await failureOf(connect(config))
    assert.isTrue(failure instanceof ComputeFailure)
    assert.match(String(failure), /config\.profile[\s\S]*config\.seed/)
  })

  it("is found again as it was left by a second connection", async () => {
    const world = simulator.inRealTime(simulator.simulated({ profile: "k8s" }))
    const first = await Compute.connect(world)
    await first.createDeployment(web(2))
    await first.close()
    const second = await Compute.connect(world)
    assert.strictEqual((await second.getDeployment(ref)).replicas.desired, 2)
    await second.close()
  })
})
