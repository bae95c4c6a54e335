import type { Accounts } from "./Accounts.ts"
import { adOf } from "./classad/ClassAd.ts"
import { evaluate } from "./classad/evaluate.ts"
import { fold, toNumber } from "./classad/Value.ts"
import type { Config, GroupConfig, Submitter } from "./Pool.ts"

/** The name of the group of all who are in none. */
export const rootName = "<none>"

/** One accounting group during a cycle. Amounts are weighted slots. */
export interface Group {
  readonly name: string
  readonly config: GroupConfig
  readonly acceptSurplus: boolean
  readonly autoregroup: boolean
  readonly parent: Group | undefined
  readonly children: Array<Group>
  submitters: ReadonlyArray<Submitter>
  quota: number
  subtreeQuota: number
  requested: number
  subtreeRequested: number
  allocated: number
  usage: number
}

const groupOf = (config: GroupConfig, acceptSurplus: boolean, autoregroup: boolean, parent?: Group): Group => ({
  name: config.name,
  config,
  acceptSurplus,
  autoregroup,
  parent,
  children: [],
  submitters: [],
  quota: 0,
  subtreeQuota: 0,
  requested: 0,
  subtreeRequested: 0,
  allocated: 0,
  usage: 0
})

const byName = (a: GroupConfig, b: GroupConfig): number =>
  fold(a.name) < fold(b.name) ? -1 : fold(a.name) > fold(b.name) ? 1 : 0

/** The root of the configured groups. A group whose parent is not configured is left out, as the negotiator does. */
export const groupTree = (config: Config): Group => {
  const regroups = config.groupAutoregroup || config.groups.some((group) => group.autoregroup)
  const root = groupOf({ name: rootName, quota: 0 }, true, regroups)
  for (const group of [...config.groups].sort(byName)) {
    const path = group.name.split(".")
    let parent: Group | undefined = root
    for (let depth = 1; depth < path.length; depth++) parent = childOf(parent, path.slice(0, depth).join("."))
    if (parent === undefined || childOf(parent, group.name) !== undefined) continue
    const surplus = group.acceptSurplus ?? config.groupAcceptSurplus
    parent.children.push(groupOf(group, surplus, group.autoregroup ?? config.groupAutoregroup, parent))
  }
  return root
}

const childOf = (group: Group | undefined, name: string): Group | undefined =>
  group?.children.find((child) => fold(child.name) === fold(name))

/** A group and all below it, level by level. */
export const breadthFirst = (root: Group): ReadonlyArray<Group> => {
  const all = [root]
  for (let i = 0; i < all.length; i++) all.push(...(all[i] as Group).children)
  return all
}

/** The group of `group.sub.user@domain`: the deepest configured one along the name. */
export const groupOfSubmitter = (root: Group, submitter: string): Group => {
  const path = submitter
    .slice(0, Math.max(0, submitter.lastIndexOf("@")))
    .split(".")
    .slice(0, -1)
  let group = root
  for (let depth = 1; depth <= path.length; depth++) {
    const child = childOf(group, path.slice(0, depth).join("."))
    if (child === undefined) break
    group = child
  }
  return group
}

/** Hands a subtree its quota: static ones first, the rest to the dynamic ones, what is left to the group itself. */
export const assignQuotas = (group: Group, quota: number, oversubscribe: boolean): void => {
  if (quota <= 0) return
  group.subtreeQuota = quota
  const sum = (dynamic: boolean) =>
    group.children.reduce((all, { config }) => all + ((config.dynamic ?? false) === dynamic ? config.quota : 0), 0)
  const statics = sum(false)
  const forStatics = oversubscribe ? statics : Math.min(statics, quota)
  const forDynamics = Math.max(0, quota - forStatics)
  const dynamics = Math.max(sum(true), 1)
  let given = 0
  for (const child of group.children) {
    const { config } = child
    const own = config.dynamic
      ? config.quota * (forDynamics / dynamics)
      : config.quota * (forStatics / (statics > 0 ? statics : 1))
    assignQuotas(child, own, oversubscribe)
    given += own
  }
  const isRoot = group.parent === undefined
  group.quota = Math.max(0, oversubscribe && !isRoot ? quota : quota - given)
}

/** Gives each group what it asks for up to its quota, and passes on what is left over to those who accept it. */
export const fairShare = (group: Group): number => {
  group.allocated = Math.min(group.requested, group.quota)
  group.requested -= group.allocated
  group.subtreeRequested = group.requested
  let surplus = group.quota - group.allocated
  for (const child of group.children) {
    surplus += fairShare(child)
    if (child.acceptSurplus) group.subtreeRequested += child.subtreeRequested
  }
  return group.children.length === 0 ? surplus : allocateSurplus(group, surplus)
}

interface Claim {
  readonly group: Group
  readonly weight: number
  requested: number
  allocated: number
}

/** A group takes part in its own surplus like one of its children. Gives back what nobody wants. */
const allocateSurplus = (group: Group, available: number): number => {
  if (available <= 0) return 0
  if (group.subtreeRequested <= 0) return available
  const claims: Array<Claim> = group.children.map((child) => ({
    group: child,
    weight: child.subtreeQuota,
    requested: child.acceptSurplus ? Math.max(0, child.subtreeRequested) : 0,
    allocated: 0
  }))
  claims.push({ group, weight: group.quota, requested: Math.max(0, group.requested), allocated: 0 })
  let surplus = available
  if (surplus >= group.subtreeRequested) {
    for (const claim of claims) claim.allocated = claim.requested
    surplus -= group.subtreeRequested
    group.subtreeRequested = 0
  } else {
    const before = surplus
    surplus = divide(claims, surplus, (claim) => claim.weight)
    surplus = divide(claims, surplus, () => 1)
    group.subtreeRequested -= before - surplus
  }
  const own = claims.pop() as Claim
  for (const claim of claims) if (claim.allocated > 0) allocateSurplus(claim.group, claim.allocated)
  group.allocated += own.allocated
  group.requested -= own.allocated
  return surplus
}

const divide = (claims: ReadonlyArray<Claim>, available: number, weightOf: (claim: Claim) => number): number => {
  let surplus = available
  while (surplus > 0) {
    const total = claims.reduce((all, claim) => all + (claim.requested > 0 ? weightOf(claim) : 0), 0)
    if (total <= 0) break
    let given = 0
    let someoneIsSatisfied = false
    for (const claim of claims) {
      if (claim.requested <= 0) continue
      const fair = surplus * (weightOf(claim) / total)
      const part = Math.min(fair, claim.requested)
      someoneIsSatisfied ||= fair > claim.requested
      claim.allocated += part
      claim.requested -= part
      given += part
    }
    surplus -= given
    if (!someoneIsSatisfied || surplus < 0) surplus = 0
  }
  return surplus
}

/** Groups in the order they are served: the hungriest first, the root last where all may use what is left. */
export const servingOrder = (
  groups: ReadonlyArray<Group>,
  config: Config,
  accounts: Accounts
): ReadonlyArray<Group> => {
  const keyed = groups.map((group) => {
    const ad = adOf({}).with({
      AccountingGroup: group.name,
      GroupQuota: group.quota,
      GroupResourcesAllocated: group.allocated,
      GroupResourcesInUse: accounts.usage(group.name)
    })
    const last = config.groupAutoregroup && group.parent === undefined
    return { group, last, key: toNumber(evaluate(config.groupSortExpr, { my: ad })) ?? 3.4028234663852886e38 }
  })
  return keyed.sort((a, b) => Number(a.last) - Number(b.last) || a.key - b.key).map(({ group }) => group)
}

/** How much a group may use in all, after every group above it that keeps to its own quota. */
export const withinParents = (group: Group, slots: number, accounts: Accounts): number => {
  let fresh = slots - group.usage
  for (let limiting: Group | undefined = group; limiting !== undefined; limiting = limiting.parent) {
    if (limiting.acceptSurplus) continue
    const used = breadthFirst(limiting).reduce((all, below) => all + accounts.usage(below.name), 0)
    const quota = limiting.config.dynamic ? limiting.subtreeQuota : limiting.config.quota
    fresh = Math.min(fresh, Math.max(0, quota - used))
  }
  return fresh + group.usage
}
