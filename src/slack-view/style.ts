/** The styles of a message, as in Slack, and the colors of the page. */

export const COLORS = `:root{color-scheme:light dark;--bg:#fff;--panel:#f6f8fa;--line:#d1d9e0;--text:#1f2328;--dim:#59636e;--link:#0969da;
--good:#1a7f37;--bad:#d1242f;--busy:#9a6700;--code:#818b981f;--slack:#fff;--slacktext:#1d1c1d;--slackdim:#616061;
--slackcode:#c01343;--slacklink:#1264a3}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--panel:#151b23;--line:#3d444d;--text:#f0f6fc;--dim:#9198a1;
--link:#4493f8;--good:#3fb950;--bad:#f85149;--busy:#d29922;--code:#656c7633;--slack:#1a1d21;--slacktext:#d1d2d3;
--slackdim:#ababad;--slackcode:#e8912d;--slacklink:#1d9bd1}}`;

export const SLACK_STYLE = `.slack{background:var(--slack);color:var(--slacktext);font-size:15px;line-height:1.47;padding:.8rem 1rem;display:grid;
grid-template-columns:36px minmax(0,1fr);gap:0 .7rem;border-top:1px solid var(--line)}
.slack .avatar{width:36px;height:36px;border-radius:8px;background:linear-gradient(135deg,#f56,#84f);display:grid;
place-items:center;font-size:18px}
.slack .who{font-weight:900;display:flex;flex-wrap:wrap;gap:.2rem .5rem;align-items:center}
.slack .app{font-size:10px;font-weight:700;letter-spacing:.02em;color:var(--slackdim);background:var(--code);border-radius:2px;
padding:1px 3px}
.slack time,.slack .small{font-weight:400;font-size:12px;color:var(--slackdim)}
.slack p{margin:.15rem 0 .4rem;overflow-wrap:anywhere;white-space:pre-wrap}
.slack p.small{font-size:13px}
.slack a{color:var(--slacklink)}
.slack code{color:var(--slackcode);border:1px solid var(--line);background:var(--code);border-radius:3px;padding:1px 3px;font-size:12px}
.slack pre{border:1px solid var(--line);background:var(--code);border-radius:4px;padding:.5rem;margin:.3rem 0;font-size:12px;
white-space:pre;font-weight:400}
.slack .mention{background:#1d9bd11a;color:var(--slacklink);border-radius:3px;padding:0 2px}
.slack .lock{border-top:1px dashed var(--line);padding-top:.35rem;font-size:12px;color:var(--slackdim)}
`;
