import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput
} from "@aws-sdk/client-ec2"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"

const endpoint = process.env.ORRERY_AWS_ENDPOINT ?? ""
const client = new EC2Client({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1
})
let image = ""

const launch = (more: Partial<RunInstancesCommandInput> = {}) =>
  client.send(new RunInstancesCommand({ ImageId: image, MinCount: 1, MaxCount: 1, InstanceType: "m5.large", ...more }))

const faults = async (body: unknown) => {
  const answer = await fetch(`${endpoint}/_faults`, { method: "POST", body: JSON.stringify(body) })
  return answer.status
}

const alive = async (): Promise<number> => {
  const { Reservations } = await client.send(new DescribeInstancesCommand({}))
  return (Reservations ?? []).flatMap((it) => it.Instances ?? []).length
}

const failure = async (work: Promise<unknown>) => {
  try {
    await work
  } catch (cause) {
    return cause as Error & { readonly $metadata?: { readonly httpStatusCode?: number } }
  }
  throw new Error("it succeeded")
}

describe("the EC2 server is as strict as EC2", () => {
  beforeAll(() => expect(endpoint).not.toBe(""))
  beforeEach(async () => {
    await fetch(`${endpoint}/_reset`, { method: "POST" })
    const { Images } = await client.send(new DescribeImagesCommand({ Owners: ["amazon"] }))
    image = Images?.[0]?.ImageId ?? ""
  })
  afterAll(() => client.destroy())

  it("launches up to MaxCount and refuses counts that make no sense", async () => {
    expect((await launch({ MinCount: 1, MaxCount: 3 })).Instances).toHaveLength(3)
    expect((await failure(launch({ MinCount: 2, MaxCount: 1 }))).name).toBe("InvalidParameterValue")
    expect(await alive()).toBe(3)
  })

  it("takes ten racing calls with one token for one call", async () => {
    const replies = await Promise.all(Array.from({ length: 10 }, () => launch({ ClientToken: "race" })))
    expect(new Set(replies.map((it) => it.Instances?.[0]?.InstanceId)).size).toBe(1)
    expect(await alive()).toBe(1)
    expect((await launch({ ClientToken: "race" })).Instances?.[0]?.ClientToken).toBe("race")
  })

  it("refuses a token that comes back with other parameters", async () => {
    await launch({ ClientToken: "once" })
    expect((await failure(launch({ ClientToken: "once", MaxCount: 2 }))).name).toBe("IdempotentParameterMismatch")
    expect(await alive()).toBe(1)
  })

  it("finds the instances of a token by the client-token filter", async () => {
    await launch({ ClientToken: "mine" })
    await launch({ ClientToken: "yours" })
    const Filters = [{ Name: "client-token", Values: ["mine"] }]
    const found = await client.send(new DescribeInstancesCommand({ Filters }))
    expect(found.Reservations?.flatMap((it) => it.Instances ?? []).map((it) => it.ClientToken)).toEqual(["mine"])
  })

  it("sends times that a strict client reads", async () => {
    const launched = (await launch()).Instances?.[0]?.LaunchTime
    expect(Math.abs((launched?.getTime() ?? 0) - Date.now())).toBeLessThan(300_000)
  })

  it("takes the type of a launch template for a machine that names none", async () => {
    const data = { ImageId: image, InstanceType: "c5.large" as const }
    await client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "small", LaunchTemplateData: data }))
    const reply = await client.send(
      new RunInstancesCommand({ MinCount: 1, MaxCount: 1, LaunchTemplate: { LaunchTemplateName: "small" } })
    )
    expect(reply.Instances?.[0]?.InstanceType).toBe("c5.large")
  })

  it("starts an instant fleet once per token", async () => {
    const data = { ImageId: image, InstanceType: "c5.large" as const }
    await client.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: "fleet", LaunchTemplateData: data }))
    const fleet = () =>
      client.send(
        new CreateFleetCommand({
          ClientToken: "fleet",
          Type: "instant",
          LaunchTemplateConfigs: [
            {
              LaunchTemplateSpecification: { LaunchTemplateName: "fleet", Version: "$Latest" },
              Overrides: [{ InstanceType: "m5.large" }]
            }
          ],
          TargetCapacitySpecification: { TotalTargetCapacity: 2, DefaultTargetCapacityType: "on-demand" }
        })
      )
    const [first, second] = [await fleet(), await fleet()]
    expect(first.Instances?.flatMap((it) => it.InstanceIds ?? [])).toHaveLength(2)
    expect(second.FleetId).toBe(first.FleetId)
    expect(await alive()).toBe(2)
  })

  it("fails on demand with the real code and status, for the calls that match, as often as asked", async () => {
    const match = { InstanceType: "m5.xlarge" }
    expect(await faults({ action: "RunInstances", match, code: "InsufficientInstanceCapacity", times: 2 })).toBe(200)
    expect((await launch()).Instances).toHaveLength(1)
    const first = await failure(launch({ InstanceType: "m5.xlarge" }))
    expect([first.name, first.$metadata?.httpStatusCode]).toEqual(["InsufficientInstanceCapacity", 500])
    await failure(launch({ InstanceType: "m5.xlarge" }))
    expect((await launch({ InstanceType: "m5.xlarge" })).Instances).toHaveLength(1)
  })

  it("fails in one region and in no other, and counts them apart", async () => {
    await faults({ action: "RunInstances", region: "eu-west-1", code: "Throttling" })
    expect((await launch()).Instances).toHaveLength(1)
    const of = async (region: string) => (await fetch(`${endpoint}/_faults?region=${region}`)).json()
    expect(await of("us-east-1")).toEqual({ waiting: [], met: 0 })
    expect(await of("eu-west-1")).toMatchObject({ waiting: [{ region: "eu-west-1" }], met: 0 })
    await fetch(`${endpoint}/_faults?region=eu-west-1`, { method: "DELETE" })
    expect(await of("eu-west-1")).toEqual({ waiting: [], met: 0 })
  })

  it("throttles on demand", async () => {
    await faults({ action: "*", code: "RequestLimitExceeded" })
    const cause = await failure(launch())
    expect([cause.name, cause.$metadata?.httpStatusCode]).toEqual(["RequestLimitExceeded", 503])
    expect(await alive()).toBe(0)
  })

  it("drops the reply after the effect, and the same token then finds it done", async () => {
    await faults({ action: "RunInstances", kind: "drop-reply" })
    await failure(launch({ ClientToken: "lost" }))
    expect(await alive()).toBe(1)
    await launch({ ClientToken: "lost" })
    expect(await alive()).toBe(1)
  })

  it("drops the connection before the effect", async () => {
    await faults({ action: "RunInstances", kind: "drop" })
    await failure(launch())
    expect(await alive()).toBe(0)
  })

  it("waits on demand", async () => {
    await faults({ action: "DescribeInstances", delayMs: 300 })
    const startedMs = performance.now()
    await alive()
    expect(performance.now() - startedMs).toBeGreaterThan(295)
  })

  it("refuses a fault that it does not understand", async () => {
    expect(await faults({ action: "RunInstances", tims: 2, code: "Throttling" })).toBe(400)
    expect(await faults({ code: "Throttling" })).toBe(400)
  })
})
