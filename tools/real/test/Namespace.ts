import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { fakeNode } from "../../../packages/provider-k8s/test/fakeNode.ts"

const kubectl = async (args: ReadonlyArray<string>, input?: string): Promise<string> => {
  const running = promisify(execFile)(process.env.ORRERY_K8S_KUBECTL ?? "", args, { maxBuffer: 2 ** 26 })
  running.child.stdin?.end(input)
  return (await running).stdout
}

interface Thing {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly uid: string
    readonly generation?: number
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: ReadonlyArray<{ readonly name: string }>
  }
}

const somebody = { "app.kubernetes.io/managed-by": "somebody" }
/** Things that Kubernetes writes down about others and forgets in its own time. */
const chronicles = ["events", "events.events.k8s.io"]

/** One namespace, looked at from outside with kubectl. */
export class Namespace {
  readonly name: string

  private constructor(name: string) {
    this.name = name
  }

  /** Makes the namespace, with a deployment and a job in it that somebody else made. */
  static async make(name: string, like: string): Promise<Namespace> {
    await kubectl(["create", "namespace", name])
    const template = {
      metadata: { labels: { app: like } },
      spec: { containers: [{ name: "main", image: "busybox:1" }] }
    }
    const items = [
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: `${like}-2`, labels: { app: like, ...somebody } },
        spec: { replicas: 1, selector: { matchLabels: { app: like } }, template }
      },
      {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: `${like}-job`, labels: { app: like, ...somebody } },
        spec: { template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } }
      }
    ]
    await kubectl(["apply", "-n", name, "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }))
    await kubectl(["create", "-f", "-"], JSON.stringify(fakeNode(name, { for: name })))
    const namespace = new Namespace(name)
    await namespace.#settled(2)
    return namespace
  }

  /** Takes it all away again. */
  async remove(): Promise<void> {
    await kubectl(["delete", "namespace", this.name, "--wait=false"])
    await kubectl(["delete", "node", this.name])
  }

  async #things(): Promise<ReadonlyArray<Thing>> {
    const kinds = (await kubectl(["api-resources", "--namespaced", "--verbs=list", "-o", "name"]))
      .split("\n")
      .filter((kind) => kind !== "" && !chronicles.includes(kind))
    const listed = await kubectl(["get", kinds.join(","), "-n", this.name, "-o", "json"])
    return (JSON.parse(listed) as { readonly items: ReadonlyArray<Thing> }).items
  }

  /** Everything in it once its controllers have made so many pods, and what they give each namespace. */
  async #settled(pods: number): Promise<ReadonlyArray<Thing>> {
    for (let look = 0; look < 100; look++) {
      const things = await this.#things()
      const numberOf = (kind: string) => things.filter((thing) => thing.kind === kind).length
      if (numberOf("Pod") === pods && numberOf("ServiceAccount") > 0 && numberOf("ConfigMap") > 0) return things
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    throw new Error(`${this.name} never came to have ${pods} pods`)
  }

  /** How many there are of each thing that was not there before, once so many pods are among them. */
  async added(before: ReadonlyArray<string>, pods: number): Promise<Readonly<Record<string, number>>> {
    const podsBefore = before.filter((trace) => trace.startsWith("Pod ")).length
    const found = (await this.#settled(podsBefore + pods)).filter((thing) => !before.includes(traceOf(thing)))
    const named = Map.groupBy(found.map(nameOf).toSorted(), (name) => name)
    return Object.fromEntries([...named].map(([name, all]) => [name, all.length]))
  }

  /** Everything in it, each with what would change if it were touched or made anew. */
  async everything(): Promise<ReadonlyArray<string>> {
    return (await this.#things()).map(traceOf).toSorted()
  }
}

const traceOf = ({ kind, metadata: { deletionTimestamp = "stays", generation = 0, name, uid } }: Thing): string =>
  `${kind} ${name} ${uid} ${generation} ${deletionTimestamp}`

const nameOf = ({ kind, metadata: { labels = {}, name } }: Thing): string =>
  `${kind} ${labels["orrery/deployment"] ?? labels["orrery/job"] ?? name}`
