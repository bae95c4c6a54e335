import {
  DescribeInstancesCommand,
  DescribeLaunchTemplatesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  EC2Client,
  type Instance,
  RunInstancesCommand
} from "@aws-sdk/client-ec2"

const image = "ami-03cf127a"
const tagOf = ({ Tags = [] }: Instance, key: string): string => Tags.find(({ Key }) => Key === key)?.Value ?? ""

/** One region of the account, looked at from outside, by nobody's rules but EC2's. */
export class Ec2Region {
  readonly name: string
  readonly #ec2: EC2Client

  constructor(endpoint: string, region: string) {
    this.name = region
    this.#ec2 = new EC2Client({ endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } })
  }

  /** A machine that somebody else made, called and tagged nearly as ours are. */
  async plantForeign(cluster: string): Promise<void> {
    const Tags = [
      { Key: "Name", Value: `${cluster}-general-1` },
      { Key: "orrery:cluster", Value: cluster },
      { Key: "orrery:owner", Value: "somebody" }
    ]
    await this.#ec2.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ImageId: image,
        InstanceType: "t3.micro",
        TagSpecifications: [{ ResourceType: "instance", Tags }]
      })
    )
  }

  async #instances(): Promise<ReadonlyArray<Instance>> {
    const { Reservations = [] } = await this.#ec2.send(new DescribeInstancesCommand({ MaxResults: 1000 }))
    return Reservations.flatMap(({ Instances = [] }) => Instances)
  }

  /** The machines of a cluster as `pool type`, and how many were ever launched for it, the ended ones too. */
  async machines(cluster: string): Promise<{ readonly alive: ReadonlyArray<string>; readonly launched: number }> {
    const all = (await this.#instances()).filter(
      (it) => tagOf(it, "orrery:owner") === "orrery" && tagOf(it, "orrery:cluster") === cluster
    )
    const alive = all.filter(({ State }) => State?.Name !== "terminated")
    const names = new Set(alive.map((it) => tagOf(it, "orrery:machine")))
    if (names.size < alive.length) throw new Error(`two machines share a name among ${alive.length}`)
    return {
      alive: alive.map((it) => `${tagOf(it, "orrery:pool")} ${it.InstanceType} ${it.State?.Name}`).toSorted(),
      launched: all.length
    }
  }

  /** Everything in the region that is ours or somebody's; a machine's own interface is part of the machine. */
  async everything(): Promise<ReadonlyArray<string>> {
    const [instances, templates, groups, volumes] = await Promise.all([
      this.#instances(),
      this.#ec2.send(new DescribeLaunchTemplatesCommand({})),
      this.#ec2.send(new DescribeSecurityGroupsCommand({})),
      this.#ec2.send(new DescribeVolumesCommand({}))
    ])
    return [
      ...instances
        .filter(({ State }) => State?.Name !== "terminated")
        .map((it) => `${it.InstanceId} ${it.State?.Name} ${JSON.stringify(it.Tags)}`),
      ...(templates.LaunchTemplates ?? []).map(({ LaunchTemplateName }) => `template ${LaunchTemplateName}`),
      ...(groups.SecurityGroups ?? []).map(({ GroupId, GroupName }) => `${GroupId} ${GroupName}`),
      ...(volumes.Volumes ?? []).map(({ State, VolumeId }) => `${VolumeId} ${State}`)
    ].toSorted()
  }
}
