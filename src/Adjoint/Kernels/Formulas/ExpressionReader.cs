using System.Linq.Expressions;
using System.Reflection;

namespace Adjoint.Kernels.Formulas;

/// <summary>Turns a C# lambda over <c>double</c> into terms.</summary>
/// <remarks>
/// What does not depend on the parameters is evaluated once, here: arithmetic of constants and captured variables as terms are, anything
/// else by the framework's interpreter of expressions.
/// </remarks>
internal sealed class ExpressionReader
{
    static readonly Dictionary<string, Function> Words = Functions.All.ToDictionary(f => f.Name);

    readonly Dictionary<ParameterExpression, Term> _inputs = [];

    ExpressionReader(LambdaExpression lambda)
    {
        for (int i = 0; i < lambda.Parameters.Count; i++) _inputs[lambda.Parameters[i]] = Term.Input(i);
    }

    /// <summary>The outputs of a lambda: one, or those of <c>new[] { … }</c>.</summary>
    /// <exception cref="ArgumentException">The lambda holds something that is not in the formula language.</exception>
    public static Term[] Read(LambdaExpression lambda)
    {
        var reader = new ExpressionReader(lambda);
        if (lambda.ReturnType != typeof(double[])) return [reader.Value(lambda.Body)];
        if (lambda.Body is not NewArrayExpression { NodeType: ExpressionType.NewArrayInit, Expressions: { Count: > 0 } outputs })
            throw new ArgumentException($"formula: several outputs are written as new[] {{ a, b }}, but the lambda returns {lambda.Body}.");
        return [.. outputs.Select(reader.Value)];
    }

    Term Value(Expression e)
    {
        if (e is ParameterExpression parameter && _inputs.TryGetValue(parameter, out Term? input)) return input;
        switch (e)
        {
            case ConstantExpression or MemberExpression when !Depends(e):
                return Constant(e);
            case UnaryExpression { NodeType: ExpressionType.Negate, Type: var t } u when t == typeof(double):
                return Algebra.Negative(Value(u.Operand));
            case UnaryExpression { NodeType: ExpressionType.UnaryPlus } u:
                return Value(u.Operand);
            case UnaryExpression { NodeType: ExpressionType.Convert, Type: var t } u when t == typeof(double) && (u.Operand.Type == typeof(int) || u.Operand.Type == typeof(long)):
                return Value(u.Operand);
            case BinaryExpression { Type: var t } b when t == typeof(double) && b.Method is null && Arithmetic(b.NodeType) is { } f:
                return Algebra.Apply(f, Value(b.Left), Value(b.Right));
            case ConditionalExpression c when !Depends(c.Test):
                return Value((bool)Evaluate(c.Test)! ? c.IfTrue : c.IfFalse);
            case ConditionalExpression c:
                return Algebra.If(Condition(c.Test), Value(c.IfTrue), Value(c.IfFalse));
            case MethodCallExpression { Object: null } call when call.Method.DeclaringType is var type
                && (type == typeof(Math) || type == typeof(double) || type == typeof(Vocabulary))
                && Words.TryGetValue(call.Method.Name, out Function? word) && word.Arity == call.Arguments.Count
                && Array.TrueForAll(call.Method.GetParameters(), p => p.ParameterType == typeof(double)):
                return Algebra.Apply(word, [.. call.Arguments.Select(Value)]);
            case MethodCallExpression { Object: { } on, Method.Name: nameof(Formula.Apply) } call when on.Type == typeof(Formula) && !Depends(on) && Depends(call):
                return ((Formula)Evaluate(on)!).Inline([.. call.Arguments.Select(Value)]);
            default:
                return Depends(e) ? throw Unknown(e) : Constant(e);
        }
    }

    static Term Constant(Expression e) => Term.Constant(Convert.ToDouble(Evaluate(e), System.Globalization.CultureInfo.InvariantCulture));

    Term Condition(Expression e)
    {
        if (!Depends(e)) return (bool)Evaluate(e)! ? Algebra.One : Algebra.Zero;
        return e switch
        {
            UnaryExpression { NodeType: ExpressionType.Not } u => Algebra.Apply(Functions.Not, Condition(u.Operand)),
            BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } b => Algebra.Apply(Functions.And, Condition(b.Left), Condition(b.Right)),
            BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } b => Algebra.Apply(Functions.Or, Condition(b.Left), Condition(b.Right)),
            BinaryExpression b when b.Left.Type == typeof(double) || IsSign(b.Left) || IsSign(b.Right) => Comparison(b),
            MethodCallExpression { Method: { Name: nameof(double.IsNaN) } m } call when m.DeclaringType == typeof(double) => NotANumber(Value(call.Arguments[0])),
            _ => throw Unknown(e),
        };
    }

    static Term NotANumber(Term x) => Algebra.Apply(Functions.Not, Algebra.Apply(Functions.Equal, x, x));

    Term Comparison(BinaryExpression b)
    {
        Term left = Value(b.Left), right = Value(b.Right);
        return b.NodeType switch
        {
            ExpressionType.LessThan => Algebra.Apply(Functions.Less, left, right),
            ExpressionType.LessThanOrEqual => Algebra.Apply(Functions.LessOrEqual, left, right),
            ExpressionType.GreaterThan => Algebra.Apply(Functions.Less, right, left),
            ExpressionType.GreaterThanOrEqual => Algebra.Apply(Functions.LessOrEqual, right, left),
            ExpressionType.Equal => Algebra.Apply(Functions.Equal, left, right),
            ExpressionType.NotEqual => Algebra.Apply(Functions.Not, Algebra.Apply(Functions.Equal, left, right)),
            _ => throw Unknown(b),
        };
    }

    static Function? Arithmetic(ExpressionType type) => type switch
    {
        ExpressionType.Add => Functions.Add,
        ExpressionType.Subtract => Functions.Subtract,
        ExpressionType.Multiply => Functions.Multiply,
        ExpressionType.Divide => Functions.Divide,
        _ => null,
    };

    /// <summary><see cref="Math.Sign(double)"/>, the one word whose C# result is an int.</summary>
    static bool IsSign(Expression e) => e is MethodCallExpression { Method.Name: nameof(Math.Sign), Arguments: [{ } x] } && x.Type == typeof(double);

    bool Depends(Expression e)
    {
        var search = new Search(_inputs);
        search.Visit(e);
        return search.Found;
    }

    sealed class Search(Dictionary<ParameterExpression, Term> inputs) : ExpressionVisitor
    {
        public bool Found { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            Found |= inputs.ContainsKey(node);
            return node;
        }
    }

    static object? Evaluate(Expression e) => e switch
    {
        ConstantExpression c => c.Value,
        MemberExpression { Member: FieldInfo field } m => field.GetValue(m.Expression is null ? null : Evaluate(m.Expression)),
        _ => Expression.Lambda<Func<object>>(Expression.Convert(e, typeof(object))).Compile(preferInterpretation: true)(),
    };

    static ArgumentException Unknown(Expression e) => new(
        $"formula: only arithmetic, comparisons in c ? a : b, the functions of Math and Vocabulary and Formula.Apply are known, but the lambda contains {e}. "
        + "Compute what does not depend on the inputs outside, or write it with those.");
}
