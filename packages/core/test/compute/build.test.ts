import { build, ClusterSpec, ComputeFailure, Container as ContainerSchema, Deployment, Job } from "@orrery/core"
import { Schema } from "effect"
import { describe, expect, it } from "vitest"

const { ComputeCluster, Container, Deployment: DeploymentOf, Job: JobOf, NodePool } = build

const cluster = ComputeCluster.new("production")
  .withProvider("aws")
  .withRegion("us-west-2")
  .addNodePool(NodePool.new("general").withInstanceType("c5.xlarge").withSizeRange(3, 10))
  .withAutoScaling(true)

const web = DeploymentOf.new("web-app")
  .withReplicas(3)
  .withContainer(
    Container.new("web")
      .withImage("web-app:1.0")
      .withPort(8080)
      .withResources({ requests: { cpuMilli: "500m", memoryBytes: "512Mi" } })
  )
  .withRollingUpdate(1, 0)

describe("builders", () => {
  it("are what the schemas call valid, as plain data [R8 R9 R132 R133 R135 R136 N33]", () => {
    const spec: ClusterSpec = cluster
    expect(Schema.is(ClusterSpec)({ ...spec })).toBe(true)
    expect(Schema.is(Deployment)({ ...web })).toBe(true)
    const job = JobOf.new("train").withTasks(4, 2).withDeadline("1h").withContainer(Container.new("train"))
    expect(Schema.is(Job)({ ...job })).toBe(true)
    expect(JSON.parse(JSON.stringify(job))).toMatchObject({ completions: 4, parallelism: 2, deadlineMs: 3_600_000 })
    expect(JSON.parse(JSON.stringify(cluster))).toMatchObject({
      name: "production",
      provider: "aws",
      region: "us-west-2",
      nodePools: [{ name: "general", instanceTypes: ["c5.xlarge"], minSize: 3, maxSize: 10 }],
      autoScaling: { enabled: true, targetCpuUtilization: 70 }
    })
    expect(web.template.spec.containers[0]?.resources.requests.cpuMilli).toBe(500)
  })

  it("leave out what has a usual value, and say where a secret lies", () => {
    const main = Container.new("main")
      .withArgs("--verbose")
      .withHealthCheck({ readiness: { http: { path: "/ready", port: 8080 }, periodMs: 2_000 } })
      .withSecrets({ TOKEN: { name: "keys", key: "token" } })
      .withMount("data", "/data", true)
    expect(Schema.is(ContainerSchema)({ ...main })).toBe(true)
    expect(main.healthCheck?.readiness).toMatchObject({ periodMs: 2_000, timeoutMs: 1_000, failureThreshold: 3 })
    const job = JobOf.new("train").withContainer(main).withLabels({ team: "a" }).withNodeSelector({ work: "batch" })
    expect(Schema.is(Job)({ ...job })).toBe(true)
    expect([job.labels, job.pod.nodeSelector]).toEqual([{ team: "a" }, { work: "batch" }])
  })

  it("change nothing that was built before [R24 N46]", () => {
    const before = JSON.stringify(cluster)
    const after = cluster.addNodePool(NodePool.new("gpu").withInstanceType("p3.2xlarge").withSpot(2))
    expect(JSON.stringify(cluster)).toBe(before)
    expect(after.nodePools[1]?.spot).toEqual({ enabled: true, maxMicroUsdPerHour: 2_000_000 })
  })

  it("refuse a name that no backend takes", () => expect(() => NodePool.new("General!")).toThrow(/at most 63/))

  it("throw what calls throw, with place and remedy, and never the value of a text", () => {
    const thrown = (work: () => unknown): ComputeFailure => {
      try {
        work()
      } catch (error) {
        if (error instanceof ComputeFailure) return error
      }
      throw new Error("no ComputeFailure was thrown")
    }
    const late = thrown(() => JobOf.new("late").withDeadline("soon"))
    expect([late.code, late.message, late.remedy]).toEqual([
      "InvalidInput",
      'orrery: build: deadline: "soon" is no duration',
      expect.stringContaining("10m")
    ])
    const requests = { cpu: "1" } as object
    expect(thrown(() => Container.new("main").withResources({ requests })).message).toContain(
      "resources.requests.cpu: unknown field, allowed: cpuMilli, memoryBytes, gpuMilli"
    )
    expect(thrown(() => NodePool.new("spot").withSpot(Number.NaN)).message).toContain("found NaN")
  })
})
