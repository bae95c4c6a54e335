import type { Offering } from "../model/Offering.ts"

/** What people call an offering: `c5.xlarge spot in us-east-1a`. */
export const offeringName = ({
  instanceType,
  market,
  zone
}: Pick<Offering, "instanceType" | "market" | "zone">): string => `${instanceType} ${market} in ${zone}`
