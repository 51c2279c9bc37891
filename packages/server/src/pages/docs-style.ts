/** The style of the documentation's pages. */

/** Swagger UI has a light theme only, so the page of the reference is always light. */
export const docsStyle = `
:root{color-scheme:light dark}:root:has(#swagger-ui){color-scheme:light}
body{margin:0;font:15px/1.55 Inter,system-ui,sans-serif;background:light-dark(#fff,#101216);color:light-dark(#1c2028,#eceef2)}
header{position:sticky;top:0;z-index:1;background:light-dark(#fff,#101216);border-bottom:1px solid light-dark(#dfe2e8,#2b303a)}
header nav{display:flex;gap:4px;overflow-x:auto;padding:8px 16px;white-space:nowrap}
header a{padding:6px 10px;border-radius:6px;color:inherit;text-decoration:none;font-size:14px}
header a:hover{background:light-dark(#f1f2f5,#1c2028)}
header a[aria-current]{background:light-dark(#e8edfd,#1d2742);color:light-dark(#1f4fd8,#a9c1ff);font-weight:600}
main{display:grid;grid-template-columns:minmax(0,760px) 200px;gap:48px;justify-content:center;padding:24px 24px 96px}
main nav{order:1;font-size:13px}main nav ul{position:sticky;top:72px;list-style:none;margin:0;padding:0}main nav li{padding:4px 0}
main nav a{color:light-dark(#5a6270,#a2a9b8);text-decoration:none}main nav a:hover{text-decoration:underline}
article h1{font-size:26px;line-height:1.25;margin:8px 0 16px}article h2{font-size:19px;margin:40px 0 12px}
article h1,article h2{scroll-margin-top:64px}article a{color:light-dark(#1f4fd8,#8fb0ff)}
article code{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,monospace;background:light-dark(#f1f2f5,#1c2028);padding:1px 4px;border-radius:4px;overflow-wrap:anywhere}
article pre{background:light-dark(#f6f7f9,#171a20);border:1px solid light-dark(#dfe2e8,#2b303a);border-radius:10px;padding:12px 16px;overflow-x:auto}
article pre code{background:none;padding:0;overflow-wrap:normal}
article table{border-collapse:collapse;width:100%;font-size:14px;margin:16px 0}
article :is(th,td){text-align:start;vertical-align:top;padding:8px 12px 8px 0;border-bottom:1px solid light-dark(#dfe2e8,#2b303a)}
:focus-visible{outline:2px solid light-dark(#1f4fd8,#8fb0ff);outline-offset:2px}
@media(max-width:900px){main{display:block;padding:16px 16px 64px}main nav{display:none}}
`;
