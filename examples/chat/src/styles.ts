/** How the chat looks. A company brands it with the six `--hoory-*` variables, set on the element or above it. */

const chatStyle = `
:host{--accent:var(--hoory-accent,light-dark(oklch(.5 .19 262),oklch(.56 .18 264)));--on-accent:var(--hoory-accent-text,#fff);
--surface:var(--hoory-surface,light-dark(oklch(.995 .002 260),oklch(.2 .012 260)));
--text:var(--hoory-text,light-dark(oklch(.22 .02 260),oklch(.94 .006 260)));
--radius:var(--hoory-radius,16px);--font:var(--hoory-font,Inter,system-ui,sans-serif);
--soft:color-mix(in oklch,var(--surface),var(--text) 7%);--line:color-mix(in oklch,var(--surface),var(--text) 14%);
--control:color-mix(in oklch,var(--surface),var(--text) 48%);--dim:color-mix(in oklch,var(--surface),var(--text) 70%);
--red:light-dark(oklch(.5 .19 27),oklch(.75 .15 25));--green:light-dark(oklch(.55 .14 150),oklch(.74 .15 150));
display:block;height:100%;min-height:0;color-scheme:light}
:host([hidden]){display:none}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){color-scheme:dark}}
:host([theme=dark]){color-scheme:dark}
*{box-sizing:border-box}
.chat{all:initial;color-scheme:inherit;position:relative;display:flex;flex-direction:column;height:100%;background:var(--surface);color:var(--text);
font:15px/1.45 var(--font);padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
button,input,select,textarea{font:inherit;color:inherit}
button{border:0;background:none;cursor:pointer;border-radius:6px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
svg{width:20px;height:20px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round;display:block}
header{display:flex;align-items:center;gap:8px;min-height:64px;padding:4px 16px;border-bottom:1px solid var(--line)}
header>div{flex:1;min-width:0}
h2{margin:0;font-size:15px;font-weight:600;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.who{font-size:12px;line-height:1.3;color:var(--dim)}.who.online:before{content:"";display:inline-block;width:8px;height:8px;border-radius:50%;background:var(--green);margin-inline-end:6px}
.banner{padding:8px 16px;font-size:13px;overflow-wrap:anywhere;background:var(--soft);border-bottom:1px solid var(--line)}
.thread{position:relative;flex:1;min-height:0;display:flex;flex-direction:column}
.log{flex:1;min-height:0;overflow-y:auto;overflow-anchor:none;overscroll-behavior:contain;padding:16px;display:flex;flex-direction:column}
.latest{position:absolute;bottom:8px;align-self:center;background:var(--accent);color:var(--on-accent);padding:6px 14px;border-radius:16px;font-size:13px;box-shadow:0 2px 12px rgb(0 0 0/.22)}
.skeleton{display:grid;gap:8px}.skeleton .bubble{width:200px;height:38px}.skeleton .bubble+.bubble{width:120px}
.day,.activity{align-self:center;text-align:center;font-size:12px;color:var(--dim);margin:12px 0}.unread{font-weight:600;color:inherit}
.row{display:flex;flex-direction:column;align-items:flex-start;max-width:85%;margin-top:2px;padding-inline-start:36px;position:relative;overflow-wrap:anywhere}
.row.first{margin-top:12px}.log>:first-child{margin-top:auto}.row.welcome{padding:0}
.row.own{align-self:flex-end;align-items:flex-end;padding-inline-start:0}
.name{font-size:12px;color:var(--dim);margin:0 4px 2px}
.row:not(.first) .name,.row:not(.last) .face,.row:not(.last)>.time{display:none}
.face{position:absolute;inset-inline-start:0;bottom:0;width:28px;height:28px;border-radius:50%;object-fit:cover;background:var(--soft);display:grid;place-items:center;font-size:12px;font-weight:600;text-transform:uppercase}
.bubble{background:var(--soft);border-radius:var(--radius);padding:8px 12px;max-width:100%;white-space:pre-wrap}
.own .bubble{background:var(--accent);color:var(--on-accent)}
.bubble :where(p,ul,ol,blockquote){margin:0}.bubble>*+*{margin-top:8px}
ul{padding-inline-start:20px}ol{padding:0}ol>li{display:flex}li>span{flex:none}li>div{min-width:0}blockquote{border-inline-start:2px solid;padding-inline-start:8px}
a{color:inherit;text-underline-offset:2px}
code,pre{font:13px/1.4 ui-monospace,monospace}pre{margin:4px 0;overflow-x:auto;white-space:pre}
code{background:color-mix(in oklch,currentColor 12%,transparent);border-radius:4px;padding:1px 4px}
.state{font-size:12px;color:var(--dim);margin:2px 4px 0}
.link,.state button{text-decoration:underline;padding:4px;color:inherit}
.picture{display:block;width:220px;max-width:100%;height:160px;border-radius:10px;overflow:hidden;background:var(--soft);margin:2px 0}
.picture img{width:100%;height:100%;object-fit:cover;display:block}
.row video,.row audio{max-width:100%}.row video{aspect-ratio:16/9}
.file{display:block;margin:2px 0;text-decoration:none;border:1px solid var(--line);border-radius:10px;padding:8px 12px;font-size:14px}
.card,.ask{display:grid;gap:8px;margin:4px 0 8px;width:260px;max-width:100%}
.card{border:1px solid var(--line);border-radius:10px;padding:12px}
.card img{width:100%;height:120px;object-fit:cover;border-radius:6px}.card p{margin:0;font-size:14px}
label{display:grid;gap:4px;font-size:14px}
.ask :is(input,select,textarea){border:1px solid var(--control);border-radius:6px;background:var(--surface);padding:8px;width:100%;color:var(--text)}
.choice{border:1px solid var(--accent);border-radius:6px;padding:8px 12px;min-height:40px;text-align:start}
.choice[aria-pressed=true]{background:var(--accent);color:var(--on-accent)}
.choices{display:flex;flex-wrap:wrap;gap:8px;margin:4px 0 8px}
.main{background:var(--accent);color:var(--on-accent);padding:8px 12px;min-height:40px}
.note{font-size:13px;color:var(--dim);margin:0}.failed{color:var(--red)}
.typing{min-height:22px;padding:0 16px;font-size:12px;color:var(--dim)}
.ended{display:flex;align-items:center;justify-content:space-between;gap:12px;padding:12px 16px;border-top:1px solid var(--line);font-size:14px}
.composer{border-top:1px solid var(--line);padding:8px}
.composer .line{display:flex;align-items:flex-end;gap:8px}
textarea.text{flex:1;min-width:0;resize:none;border:1px solid var(--control);border-radius:10px;background:var(--surface);padding:9px 12px;max-height:40vh;font-size:16px;line-height:1.4}
.log:focus-visible,.text:focus-visible{outline-offset:-2px}
.tool{width:36px;height:42px;display:grid;place-items:center;flex:none;color:var(--dim)}
.tool.send{width:42px;color:var(--on-accent);background:var(--accent);border-radius:10px}.tool:disabled{opacity:.45;cursor:default}
.camera{display:none}@media(pointer:coarse){.camera{display:grid}}
.files{display:flex;flex-wrap:wrap;gap:4px}.files button{display:flex;align-items:center;gap:8px;max-width:100%;overflow:hidden;border:1px solid var(--line);font-size:13px;padding:4px 8px;margin-bottom:8px}
.files img{width:32px;height:32px;object-fit:cover;border-radius:4px}
.drop{position:absolute;inset:8px;display:grid;place-items:center;border:2px dashed var(--accent);border-radius:10px;background:color-mix(in oklch,var(--surface) 92%,transparent)}
[hidden]{display:none!important}.end[hidden]{display:block!important;visibility:hidden}
.sr{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
@media(prefers-reduced-motion:no-preference){.row.fresh{animation:in .14s ease-out}@keyframes in{from{opacity:0;transform:translateY(6px)}}}
.skeleton{animation:late .3s step-end}@keyframes late{from{opacity:0}}
`;

// `!important` in a shadow root wins over any rule of the page.
export const launcherStyle = `
:host{all:initial!important;position:fixed!important;width:0!important;height:0!important}
:host([hidden]){display:none!important}
.launcher{position:fixed;z-index:2147483000;inset-inline-end:20px;bottom:calc(20px + env(safe-area-inset-bottom));width:56px;height:56px;
border:0;border-radius:50%;cursor:pointer;color:var(--hoory-accent-text,#fff);background:var(--hoory-accent,oklch(.5 .19 262));
box-shadow:0 6px 24px rgb(0 0 0/.22)}
.launcher:focus-visible{outline:2px solid var(--hoory-accent,oklch(.5 .19 262));outline-offset:3px}
svg{width:26px;height:26px;margin:auto;display:block;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.count{position:absolute;top:-2px;inset-inline-end:-2px;min-width:20px;height:20px;padding:0 5px;box-sizing:border-box;border-radius:10px;
background:#c62828;color:#fff;font:600 12px/20px system-ui,sans-serif}
.panel{position:fixed;z-index:2147483000;inset:auto;inset-inline-end:20px;bottom:calc(88px + env(safe-area-inset-bottom));width:380px;
height:min(640px,100vh - 96px);max-width:none;max-height:none;margin:0;padding:0;border:0;background:none;
border-radius:10px;overflow:hidden;box-shadow:0 6px 24px rgb(0 0 0/.22)}
.panel:focus{outline:0}
.panel:modal{inset:0;top:var(--top,0);width:auto;height:var(--height,100dvh);border-radius:0;box-shadow:none}
[hidden]{display:none!important}
@media(prefers-reduced-motion:no-preference){.panel{animation:in .14s ease-out}@keyframes in{from{opacity:0;transform:translateY(8px)}}}
`;

let sheet: CSSStyleSheet | undefined;

/** One sheet for all chats of a page. */
export const chatStyles = (): CSSStyleSheet => (sheet ??= createSheet(chatStyle));

/** A constructed sheet works where the content security policy of the page forbids inline styles. */
export function createSheet(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
