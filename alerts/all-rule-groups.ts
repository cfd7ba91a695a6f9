import type { RuleGroup } from "@forecast-stack/monitoring/alert-rule.ts";
import { backups } from "./backups.ts";
import { databases } from "./databases.ts";
import { flags } from "./flags.ts";
import { forecasting } from "./forecasting.ts";
import { kubernetes } from "./kubernetes.ts";
import { monitoring } from "./monitoring.ts";
import { rollouts } from "./rollouts.ts";
import { service } from "./service.ts";
import { slo, sloDays } from "./slo.ts";

/** Every rule group of the product: a group that is not here is not loaded. */
export const allRuleGroups: readonly RuleGroup[] = [service, forecasting, slo, sloDays, databases, backups, flags, kubernetes, monitoring, rollouts];
