namespace Flink.Resources.Fleet.Html;

/// <summary>How the page looks. Colours are those of Okabe and Ito, which people with any kind of colour vision tell apart.</summary>
internal static class Style
{
    public const string Sheet = """
        :root {
          color-scheme: light dark;
          --ink: #1b1f24; --soft: #57606a; --faint: #8c959f; --rule: #d8dee4; --paper: #f6f8fa; --card: #ffffff;
          --good: #0072b2; --back: #d55e00; --left: #8c959f; --parked: #cc79a7; --open: #56b4e9;
          --moving: #56b4e9; --dark: #1b1f24; --soak: #b9d9ea; --watch: #e69f00; --bad: #d55e00; --mark: #1b1f24;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ink: #e6edf3; --soft: #a5b0bb; --faint: #7d8793; --rule: #30363d; --paper: #0d1117; --card: #161b22;
            --good: #56b4e9; --back: #f0883e; --left: #7d8793; --parked: #e0a1c4; --open: #8ecbf0;
            --moving: #56b4e9; --dark: #ffffff; --soak: #27516b; --watch: #e69f00; --bad: #f0883e; --mark: #ffffff;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
        main { max-width: 1240px; margin: 0 auto; padding: 24px 20px 64px; }
        h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
        h2 { font-size: 18px; margin: 0 0 2px; }
        p { margin: 0 0 12px; max-width: 100ch; }
        .lead { color: var(--soft); }
        section { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 18px 20px; margin: 16px 0 0; overflow-x: auto; }
        .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 16px; align-items: stretch; }
        @media (max-width: 900px) { .pair { grid-template-columns: minmax(0, 1fr); } }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 12px; margin: 16px 0 0; }
        .tile { background: var(--card); border: 1px solid var(--rule); border-left: 5px solid var(--faint); border-radius: 8px; padding: 10px 14px; }
        .tile b { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
        .tile span { color: var(--soft); font-size: 13px; }
        .tile.good { border-left-color: var(--good); } .tile.back { border-left-color: var(--back); }
        .tile.left { border-left-color: var(--left); } .tile.parked { border-left-color: var(--parked); }
        .hold { border-left: 5px solid var(--watch); }
        svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--soft); font: 12px system-ui, "Segoe UI", "Helvetica Neue", "DejaVu Sans", sans-serif; }
        svg text.strong { fill: var(--ink); font-weight: 600; }
        svg .grid { stroke: var(--rule); stroke-width: 1; } svg .axis { stroke: var(--faint); stroke-width: 1; }
        svg .mark { stroke: var(--mark); stroke-width: 1.5; } svg .dash { stroke-dasharray: 5 4; }
        svg .band { fill: var(--paper); } svg .moving { fill: var(--moving); } svg .dark { fill: var(--dark); } svg .soak { fill: var(--soak); }
        svg .good { fill: var(--good); } svg .back { fill: var(--back); } svg .left { fill: var(--left); } svg .parked { fill: var(--parked); }
        svg .open { fill: var(--open); } svg .watch { fill: var(--watch); } svg .bad { fill: var(--bad); }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; color: var(--soft); font-size: 13px; margin: 6px 0 8px; padding: 0; list-style: none; }
        .legend li { display: flex; align-items: center; gap: 6px; } .legend svg { width: 18px; height: 12px; flex: none; }
        table { border-collapse: collapse; width: 100%; font-size: 14px; }
        th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--faint); padding: 6px 12px 6px 0; vertical-align: bottom; }
        td { border-bottom: 1px solid var(--rule); padding: 6px 12px 6px 0; vertical-align: top; overflow-wrap: anywhere; }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
        td.k { white-space: nowrap; overflow-wrap: normal; max-width: 34ch; overflow: hidden; text-overflow: ellipsis; }
        td small, .note { color: var(--soft); font-size: 13px; }
        .tag { display: inline-block; white-space: nowrap; border-radius: 4px; padding: 0 7px; border: 1px solid currentColor; font-size: 13px; }
        .tag.good { color: var(--good); } .tag.back { color: var(--back); font-weight: 600; } .tag.left { color: var(--soft); } .tag.parked { color: var(--parked); font-weight: 600; } .tag.open { color: var(--soft); }
        .bar { display: inline-block; vertical-align: middle; width: 80px; height: 9px; border-radius: 2px; background: var(--rule); margin-right: 8px; overflow: hidden; }
        .bar i { display: block; height: 100%; } .bar .good { background: var(--good); } .bar .watch { background: var(--watch); } .bar .bad { background: var(--bad); }
        pre { background: var(--paper); border: 1px solid var(--rule); border-radius: 6px; padding: 8px 10px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; margin: 6px 0 0; }
        summary { cursor: pointer; color: var(--soft); } details > table { margin-top: 8px; }
        @media print { body { background: #fff; } section { break-inside: avoid; } details { display: block; } }

        """;
}
