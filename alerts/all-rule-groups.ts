import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { forecasting } from "./forecasting.ts";

/** Every rule group of the product: a group that is not here is not loaded. */
export const allRuleGroups: readonly RuleGroup[] = [forecasting];
