using Adjoint.Explaining;
using static Adjoint.Cli.Output.Readable;

namespace Adjoint.Cli.Explaining;

/// <summary>A lesson as one page for any browser: the graph to click through, the layers, the step. Nothing is loaded from elsewhere.</summary>
internal static class LessonPage
{
    public static string Of(Lesson lesson, Explanation explained, Step step) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Backpropagation: {lesson.Title}</title>
        <style>
        {new Html(Resource("page.css"))}
        </style>
        <noscript><style>.panel article[hidden] {"{"} display: block; {"}"}</style></noscript>
        </head>
        <body>
        <header>
        <h1>Backpropagation, number by number</h1>
        <p>{lesson.Title}; {lesson.Rows} row{(lesson.Rows == 1 ? "" : "s")} of input; the loss is {lesson.LossName}.</p>
        <p class="loss-line"><span>L = <b>{Value(step.LossBefore)}</b></span> <span class="after">after one step with learning rate {Value(step.Rate)}: <b>{Value(step.LossAfter)}</b></span></p>
        </header>
        <main>
        <section aria-labelledby="graph">
        <h2 id="graph">The graph</h2>
        <p>Forward, from left to right, each operation computes a <span class="value">value</span>. Backward, from right to left, each value receives its <span class="gradient">gradient ∂L/∂value</span>: by the chain rule
        the sum, over the operations <i>y</i> that use it, of ∂L/∂<i>y</i> · ∂<i>y</i>/∂value. Choose a box to see how; arrow keys go along the edges.</p>
        <ul class="legend"><li class="leaf">parameter</li><li class="constant">constant</li><li class="result">operation</li><li class="loss">loss</li></ul>
        <div class="graph">{new GraphPicture(explained).Draw()}</div>
        <div class="panel" aria-live="polite">
        {Html.Join(explained.Values.Select(v => ValuePanel.Of(v, explained, step)))}
        </div>
        </section>
        {LayerSection.Of(explained.Layers, step, lesson.Rows)}
        </main>
        <footer>Written by <code>adjoint explain</code>.</footer>
        <script>
        {new Html(Resource("page.js"))}
        </script>
        </body>
        </html>

        """).Text;

    static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(LessonPage).Assembly.GetManifestResourceStream($"explain/{name}")!);
        return reader.ReadToEnd().TrimEnd();
    }
}
