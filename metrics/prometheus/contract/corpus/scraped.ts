/** What scraping makes of its targets: labels, staleness, the scrape's own series, failures, rules. */
import { type Case, instant, requests } from '../case.ts';

export const scraped: readonly Case[] = [
  ...instant(
    'NOW',
    `
      up
      sum by (job) (up)
      quantile_over_time(0.5, up{job!="wavering"}[5m])
      moved_value
      scrape_samples_scraped{job!="history"}
      scrape_samples_post_metric_relabeling{job!="history"}
      max_over_time(scrape_series_added[5m])
      last_over_time(scrape_series_added{job!="wavering"}[5m])
      count by (job) (scrape_duration_seconds)
      scrape_duration_seconds{job!~"silent|stalled"} < bool 1
      scrape_duration_seconds{job=~"silent|stalled"} >= bool 0.3
      claim
      {__name__=~"plain_value.*"}
      dated_value
      {job="bucketed",__name__!~"up|scrape.*"}
      compressed_value
      compression_asked
      fallback_value
      alarm_level
      once_value
      flapping_turn
      timestamp(dated_value) > bool T(1000)
      method:requests:sum
      method:requests:double
      history:requests:rate1m
      ALERTS
      ALERTS{alertstate="firing"}
      ALERTS_FOR_STATE > bool T(600)
      absent(flapping_value)
      absent(wavering_value)
      last_over_time(flapping_value[5m])
      last_over_time(wavering_value[5m])
      count_over_time(flapping_value[5m])
      sum_over_time(wavering_value[5m])
      sum_over_time(up{job="wavering"}[5m])
      changes(up{job="wavering"}[5m])
      resets(flapping_turn[5m])
      count({__name__=~".+_value",job=~"too.*|garbage.*|unended|html|untyped"}) or vector(0)
      twice_value
    `,
  ),
  ...instant('NOW', 'flapping_value[5m]\nwavering_value[5m]', { jitter: ['order', 'times'] }),
  ...instant(
    'NOW',
    `
      flapping_value
      wavering_value
      bad_value
      good_value
      last_over_time(good_value[5m])
      last_over_time({__name__=~"cut_value|stalled_value|unended_value|untyped_value|too_big|cut_gzip_value"}[5m])
      last_over_time({__name__=~"too_many_samples|too_many_labels|too_long_value|too_long_name"}[5m])
      {__name__="broken:many_to_many"} or {__name__="broken:duplicates"} or limited
      scrape_timeout_seconds
      {job="empty",__name__!~"up|scrape.*"}
    `,
    { expect: 'nothing' },
  ),
  ...requests(
    `
      /api/v1/targets
      /api/v1/targets?state=active
      /api/v1/targets?state=dropped
      /api/v1/targets?state=any
      /api/v1/targets?state=ACTIVE
      /api/v1/targets?scrapePool=plain
      /api/v1/targets?scrapePool=no_such_pool
      /api/v1/rules
      /api/v1/rules?type=alert
      /api/v1/rules?type=record
      /api/v1/rules?exclude_alerts=true
      /api/v1/rules?rule_name[]=AlwaysOn
      /api/v1/rules?rule_name[]=AlwaysOn&rule_name[]=limited
      /api/v1/rules?rule_group[]=recorded
      /api/v1/alerts
    `,
    { jitter: ['times'] },
  ),
  ...requests(
    `
      /api/v1/rules?rule_name[]=no_such_rule
      /api/v1/rules?file[]=no_such_file
    `,
    { jitter: ['times'], expect: 'nothing' },
  ),
  ...requests(
    `
      /api/v1/rules?exclude_alerts=perhaps
    `,
    { expect: 'error' },
  ),
];
