/** Ways from one dashboard to the others: time and variables go along. */
import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';

/** Stands on all dashboards of ours, and on no other. */
export const familyTag = 'openclaw';

/** The bar on top: every dashboard with the tag. */
export function familyLinks(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('OpenClaw')
    .type(DashboardLinkType.Dashboards)
    .tags([familyTag])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true)
    .targetBlank(false)
    .tooltip('The other dashboards, at the same time and with the same choices');
}

/** From a panel's corner to the dashboard that says more. Grafana resolves what begins with a dollar sign. */
export function linkTo(uid: string): DashboardLinkBuilder {
  return new DashboardLinkBuilder('More about this')
    .type(DashboardLinkType.Link)
    .url(`/d/${uid}?${resolved('__all_variables')}&${resolved('__url_time_range')}`);
}

/** From a value to the dashboard that is about it. The variable of that name takes the value, data source and time stay. */
export function dataLink(uid: string, variable: string): { readonly title: string; readonly url: string } {
  const query = [
    `var-${variable}=${resolved('__value.raw:percentencode')}`,
    resolved('datasource:queryparam'),
    resolved('__url_time_range'),
  ];
  return { title: 'More about this one', url: `/d/${uid}?${query.join('&')}` };
}

function resolved(variable: string): string {
  return `\${${variable}}`;
}
