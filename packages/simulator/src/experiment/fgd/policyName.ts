/** The policies that the experiment can run. */
export const fgdPolicyNames = ["fgd", "bestFit", "dotProduct", "clustering", "packing", "random", "orrery"] as const

/** The name of one of them. */
export type FgdPolicyName = (typeof fgdPolicyNames)[number]

/** What the published files call some of them. */
const alsoCalled: Readonly<Record<string, FgdPolicyName>> = {
  dotprod: "dotProduct",
  gpuclustering: "clustering",
  gpupacking: "packing"
}

/** The policy that a person means: case, dashes and the numbers of the published files (`05-BestFit`) do not matter. */
export const policyNamed = (given: string): FgdPolicyName | undefined => {
  const plain = given.trim().replace(/^\d+-/, "").replaceAll(/[-_ ]/g, "").toLowerCase()
  return fgdPolicyNames.find((name) => name.toLowerCase() === plain) ?? alsoCalled[plain]
}
