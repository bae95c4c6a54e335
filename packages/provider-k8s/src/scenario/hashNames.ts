import { createHash } from "node:crypto"

/** Names that are the same in every cluster. */
const common =
  /^(default|kube-[a-z-]+|default-scheduler|system-(cluster|node)-critical|ReplicaSet|StatefulSet|DaemonSet|Job|Node|)$/
/** Labels, taints and resources that Kubernetes and the makers of nodes give: their values name nobody's things. */
const wellKnown =
  /^((failure-domain\.)?(beta\.)?kubernetes\.io\/(arch|os|instance-type)|(topology|node|node-role|node-restriction)\.kubernetes\.io\/.*|karpenter\.sh\/capacity-type|eks\.amazonaws\.com\/capacityType|cloud\.google\.com\/gke-spot|kubernetes\.azure\.com\/scalesetpriority|nvidia\.com\/.*|amd\.com\/.*)$/
const wellKnownKey = /^(kubernetes\.io\/(hostname|metadata\.name)|pod-template-hash|controller-revision-hash)$/

type Part = unknown
type Fields = Readonly<Record<string, Part>>

/** Fields whose texts are names of things. */
const nameFields = new Set(["name", "namespace", "nodeName", "priorityClassName", "schedulerName", "image"])
/** Fields that are labels, or select by them. */
const labelFields = new Set(["labels", "matchLabels", "nodeSelector", "selector"])

const isFields = (part: Part): part is Fields => typeof part === "object" && part !== null && !Array.isArray(part)

/** Changes every name into one that tells nothing, the same name always into the same. `salt` keeps others from guessing. */
export const hashNames = (things: ReadonlyArray<object>, salt: string): ReadonlyArray<object> => {
  const known = new Map<string, string>()
  const hashed = (name: string): string => {
    if (common.test(name)) return name
    const before = known.get(name)
    if (before !== undefined) return before
    const made = `h${createHash("sha256").update(`${salt} ${name}`).digest("hex").slice(0, 12)}`
    known.set(name, made)
    return made
  }
  const toldKey = (key: string): string => (wellKnown.test(key) || wellKnownKey.test(key) ? key : hashed(key))
  const toldValue = (key: string, value: Part): Part =>
    typeof value === "string" && !wellKnown.test(key) ? hashed(value) : value

  const ofLabels = (labels: Fields): Fields =>
    isFields(labels.matchLabels) || Array.isArray(labels.matchExpressions)
      ? ofFields(labels)
      : Object.fromEntries(Object.entries(labels).map(([key, value]) => [toldKey(key), toldValue(key, value)]))

  /** A requirement, a taint or a toleration: its key says how its values are taken. */
  const ofKeyed = (keyed: Fields & { readonly key: string }): Fields => ({
    ...keyed,
    key: toldKey(keyed.key),
    ...(keyed.value === undefined ? {} : { value: toldValue(keyed.key, keyed.value) }),
    ...(Array.isArray(keyed.values) ? { values: keyed.values.map((value) => toldValue(keyed.key, value)) } : {})
  })

  const ofPart = (key: string, part: Part): Part => {
    if (typeof part === "string") {
      if (key === "topologyKey") return toldKey(part)
      return nameFields.has(key) ? hashed(part) : part
    }
    if (Array.isArray(part)) return part.map((item) => ofPart(key === "namespaces" ? "namespace" : key, item))
    if (!isFields(part)) return part
    if (labelFields.has(key)) return ofLabels(part)
    return typeof part.key === "string" ? ofKeyed({ ...part, key: part.key }) : ofFields(part)
  }
  const ofFields = (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).map(([key, part]) => [key, ofPart(key, part)]))
  return things.map((thing) => ofFields(thing as Fields))
}
