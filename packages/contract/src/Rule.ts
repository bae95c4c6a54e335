import type { ClusterManager, ComputeError, ContainerManager, Feature, Scheduler } from "@orrery/core"
import type { Effect } from "effect"
import { type Ability, abilities, type Fixtures, type Pace } from "./Backend.ts"
import type { Mismatch } from "./expect.ts"
import type { Foreign } from "./Foreign.ts"
import type { Exploration } from "./model/explore.ts"

/** What a rule is given beside the service it judges. */
export interface Given {
  readonly backend: string
  readonly pace: Pace
  readonly fixtures: Fixtures
  readonly provides: (feature: Feature) => boolean
  /** Whether this set-up can show it, for rules of which a part holds everywhere. */
  readonly shows: (ability: Ability) => boolean
  /** A name nobody else uses; what is made under it is removed after the check. */
  readonly name: (part: string) => string
  /** What is not ours; there for rules that use `foreign`. */
  readonly foreign: Foreign["Service"]
}

/** What may come out of a rule: a broken promise, or a failure that nobody expected. */
export type RuleResult = Effect.Effect<void, Mismatch | ComputeError>

interface RuleOf<Service extends string, Api> {
  readonly service: Service
  /** The promise as a sentence; ends with the ids of the features it shows. */
  readonly title: string
  /** Without these features the rule says nothing. */
  readonly needs: ReadonlyArray<Feature>
  readonly uses: ReadonlyArray<Ability>
  readonly body: (api: Api, given: Given) => RuleResult
}

/** One promise of the contract, before it meets a backend. */
export type Rule =
  | RuleOf<"clusters", ClusterManager["Service"]>
  | RuleOf<"containers", ContainerManager["Service"]>
  | RuleOf<"jobs", Scheduler["Service"]>

type Needs = Feature | Ability
const isAbility = (need: Needs): need is Ability => need in abilities
const split = (needs: ReadonlyArray<Needs>) => ({
  needs: needs.filter((need): need is Feature => !isAbility(need)),
  uses: needs.filter(isAbility)
})

/** A promise kept by whatever commands a model thinks of; each list of commands meets a service of its own. */
export interface ModelRule {
  readonly title: string
  readonly needs: ReadonlyArray<Feature>
  readonly uses: ReadonlyArray<Ability>
  readonly service: Rule["service"]
  readonly explored: (exploration: Exploration, attempt: (rule: Rule) => RuleResult) => RuleResult
}

/** A promise about clusters. */
export const clusterRule = (
  title: string,
  needs: ReadonlyArray<Needs>,
  body: (clusters: ClusterManager["Service"], given: Given) => RuleResult
): Rule => ({ service: "clusters", title, ...split(needs), body })

/** A promise about deployments. */
export const containerRule = (
  title: string,
  needs: ReadonlyArray<Needs>,
  body: (containers: ContainerManager["Service"], given: Given) => RuleResult
): Rule => ({ service: "containers", title, ...split(needs), body })

/** A promise about jobs. */
export const jobRule = (
  title: string,
  needs: ReadonlyArray<Needs>,
  body: (jobs: Scheduler["Service"], given: Given) => RuleResult
): Rule => ({ service: "jobs", title, ...split(needs), body })
