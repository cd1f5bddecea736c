/** How the demo's pages look: one style sheet, inline, so that a page is one file. */

export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--panel:#f6f8fa;--line:#d1d9e0;--text:#1f2328;--dim:#59636e;--link:#0969da;
--good:#1a7f37;--bad:#d1242f;--busy:#9a6700;--code:#818b981f;--slack:#fff;--slacktext:#1d1c1d;--slackdim:#616061;
--slackcode:#c01343;--slacklink:#1264a3}
@media(prefers-color-scheme:dark){:root{--bg:#0d1117;--panel:#151b23;--line:#3d444d;--text:#f0f6fc;--dim:#9198a1;
--link:#4493f8;--good:#3fb950;--bad:#f85149;--busy:#d29922;--code:#656c7633;--slack:#1a1d21;--slacktext:#d1d2d3;
--slackdim:#ababad;--slackcode:#e8912d;--slacklink:#1d9bd1}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--text);font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif,"Apple Color Emoji","Segoe UI Emoji","Noto Color Emoji"}
main,header>div{max-width:68rem;margin:0 auto;padding:0 1.25rem}
header{background:var(--panel);border-bottom:1px solid var(--line);padding:1rem 0;margin-bottom:1.5rem}
header p{margin:.15rem 0 0;color:var(--dim)}
h1{font-size:1.35rem;line-height:1.3;margin:0;display:flex;gap:.6rem;align-items:baseline;overflow-wrap:anywhere}
h1 small{font-weight:400;color:var(--dim)}
h2{font-size:1rem;margin:2rem 0 .6rem}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
.dim,small{color:var(--dim);font-size:.857rem}
code,pre,.log{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
code{background:var(--code);border-radius:5px;padding:.1em .35em;font-size:.857em;overflow-wrap:anywhere}
pre{margin:0;padding:.8rem 1rem;overflow-x:auto;font-size:.83rem;line-height:1.45;tab-size:4}
.box{border:1px solid var(--line);border-radius:8px;overflow:hidden;background:var(--bg)}
.box>:first-child{border-top:0}
.icon{flex:none;display:inline-grid;place-items:center;width:1.15rem;height:1.15rem;border-radius:50%;color:var(--bg);
font:700 .72rem/1 system-ui,sans-serif;background:var(--dim)}
.success{background:var(--good)}.failure{background:var(--bad)}.busy{background:var(--busy)}
ol.runs{list-style:none;margin:0;padding:0}
ol.runs li{position:relative;display:grid;grid-template-columns:auto 1fr auto;gap:.1rem .75rem;align-items:start;padding:.7rem 1rem;
border-top:1px solid var(--line)}
ol.runs li:hover{background:var(--panel)}
ol.runs .icon{margin-top:.2rem}
ol.runs .name{font-weight:600;color:var(--text);overflow-wrap:anywhere}
ol.runs a.name::after{content:"";position:absolute;inset:0}
ol.runs .when{text-align:right;white-space:nowrap;color:var(--dim);font-size:.857rem}
.empty{padding:2rem 1rem;text-align:center;color:var(--dim)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.45rem 1rem;border-top:1px solid var(--line);text-align:left;vertical-align:top}
th{background:var(--panel);font-weight:600;font-size:.857rem;white-space:nowrap}
td.grow{width:100%;min-width:14rem;overflow-wrap:anywhere}
td.short{white-space:nowrap}td.entity{min-width:15rem}
.badge{display:inline-block;border:1px solid currentColor;border-radius:2em;padding:0 .55em;font-size:.786rem;font-weight:600;
white-space:nowrap;color:var(--dim)}
.badge.good{color:var(--good)}.badge.bad{color:var(--bad)}
dl.facts{display:flex;flex-wrap:wrap;gap:.9rem 2.6rem;margin:0;padding:1rem}
dl.facts dt{color:var(--dim);font-size:.857rem}dl.facts dd{margin:.1rem 0 0;font-weight:600;overflow-wrap:anywhere}
details.box+details.box{margin-top:.75rem}
details.box>summary{cursor:pointer;padding:.6rem 1rem;font-weight:600;background:var(--panel)}
details.box[open]>summary{border-bottom:1px solid var(--line)}
.slack{background:var(--slack);color:var(--slacktext);font-size:15px;line-height:1.47;padding:.8rem 1rem;display:grid;
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
.summary{padding:.5rem 1.25rem 1.25rem;overflow-x:auto}
.summary h2{font-size:1.4rem;border-bottom:1px solid var(--line);padding-bottom:.3rem;margin:.8rem 0}
.summary h3{font-size:1.15rem;margin:1.3rem 0 .5rem}
.summary table{width:auto;margin:.6rem 0}.summary th,.summary td{border:1px solid var(--line);padding:.35rem .8rem}
.summary td code{white-space:nowrap}
.summary pre{background:var(--panel);border-radius:6px;margin:.5rem 0}
.summary details{margin:.6rem 0}.summary summary{cursor:pointer}
.log{background:#0d1117;color:#e6edf3;padding:.6rem 0;overflow-x:auto;font-size:12px;line-height:20px}
.log p{margin:0;padding:0 1rem;white-space:pre;min-height:20px}
.log details p{padding-left:2.2rem}.log summary{padding:0 1rem;cursor:pointer;white-space:pre}
.log .error{color:#ff7b72;background:#f851491f}.log .warning{color:#d29922;background:#bb80091f}.log .notice{color:#79c0ff}
.log .debug{color:#bc8cff}
nav{margin:0 0 1rem}
footer{max-width:68rem;margin:2.5rem auto;padding:0 1.25rem;color:var(--dim);font-size:.857rem}
@media(max-width:40rem){main,header>div,footer{padding-left:.8rem;padding-right:.8rem}
ol.runs li{grid-template-columns:auto 1fr}ol.runs .when{grid-column:2;text-align:left}ol.runs .when br{display:none}
ol.runs .when time::after{content:" · "}
.hooks tr{display:flex;flex-wrap:wrap;gap:.2rem .75rem;padding:.6rem .8rem;border-top:1px solid var(--line)}
.hooks tr:first-child{display:none}.hooks td{border:0;padding:0}.hooks td.grow{flex-basis:100%;order:1}
.summary{padding:.25rem .8rem .8rem}th,td{padding:.4rem .6rem}}
`;
