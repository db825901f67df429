namespace Adjoint;

/// <summary>
/// Functions made from functions: gradients, vector-Jacobian and Jacobian-vector products, Jacobians, Hessians, and the mapping of a
/// function of one item over many. What comes out is a function again, so that transforms compose: <c>Vmap(Grad(f))</c>.
/// </summary>
/// <remarks>
/// <para>A function takes tensors and gives tensors; arrays, lists, tuples and dictionaries by name count as several. It reads
/// what it closes over like any C# function. No <see cref="Tensor.Grad"/> is touched, and the caller's tensors need no
/// <see cref="Tensor.AsParameter"/>.</para>
/// <para>A derivative can be differentiated again wherever something outside asks for it: an outer transform, or a parameter that
/// requires a gradient (a gradient penalty). Under <see cref="NoGrad"/> it is not recorded and costs less memory.</para>
/// </remarks>
/// <example><code>
/// Func&lt;Tensor, Tensor&gt; f = x => (x * x * x).Sum();
/// Tensor slope = Transform.Grad(f)(x);                        // 3x²
/// Tensor curvature = Transform.Hessian(f)(x);                 // diag(6x)
/// Tensor each = Transform.Vmap(Transform.Grad(f))(batch);     // the gradient of every row
/// </code></example>
public static partial class Transform
{
    /// <summary>The gradient of a function: <c>x ↦ ∂f/∂x</c>.</summary>
    /// <param name="f">Gives a single value.</param>
    /// <exception cref="ShapeException">When called: the function gives several values.</exception>
    /// <exception cref="DTypeException">When called: the argument holds no floating-point numbers.</exception>
    public static Func<Tensor, Tensor> Grad(Func<Tensor, Tensor> f) => Grad<Tensor>(f);

    /// <summary>The gradient of a function by one of its arguments.</summary>
    /// <param name="f">Gives a single value.</param>
    /// <param name="argument">Which argument, counted from 0.</param>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor})" path="/exception"/>
    public static Func<Tensor, Tensor, Tensor> Grad(Func<Tensor, Tensor, Tensor> f, int argument = 0)
    {
        ArgumentNullException.ThrowIfNull(f);
        Check(argument, 2);
        return (a, b) => Derive(argument == 0 ? a : b, x => argument == 0 ? f(x, b) : f(a, x), "grad").Gradient;
    }

    /// <inheritdoc cref="Grad(Func{Tensor, Tensor, Tensor}, int)"/>
    public static Func<Tensor, Tensor, Tensor, Tensor> Grad(Func<Tensor, Tensor, Tensor, Tensor> f, int argument = 0)
    {
        ArgumentNullException.ThrowIfNull(f);
        Check(argument, 3);
        return (a, b, c) => argument switch
        {
            0 => Derive(a, x => f(x, b, c), "grad").Gradient,
            1 => Derive(b, x => f(a, x, c), "grad").Gradient,
            _ => Derive(c, x => f(a, b, x), "grad").Gradient,
        };
    }

    /// <summary>The gradients of a function by all tensors of its argument, arranged like it: <c>(Tensor[] w) => …</c>, or parameters by name.</summary>
    /// <typeparam name="T">Tensor, Tensor[], a list, a dictionary by name, or a tuple of these.</typeparam>
    /// <param name="f">Gives a single value.</param>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor})" path="/exception"/>
    public static Func<T, T> Grad<T>(Func<T, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return x => Derive(x, f, "grad").Gradient;
    }

    /// <summary>The gradients of a function by all tensors of its first argument.</summary>
    /// <inheritdoc cref="Grad{T}(Func{T, Tensor})"/>
    public static Func<T, T1, T> Grad<T, T1>(Func<T, T1, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return (x, a) => Derive(x, at => f(at, a), "grad").Gradient;
    }

    /// <inheritdoc cref="Grad{T, T1}(Func{T, T1, Tensor})"/>
    public static Func<T, T1, T2, T> Grad<T, T1, T2>(Func<T, T1, T2, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return (x, a, b) => Derive(x, at => f(at, a, b), "grad").Gradient;
    }

    /// <summary>A function's value and its gradient, from one evaluation.</summary>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor})"/>
    public static Func<Tensor, (Tensor Value, Tensor Gradient)> ValueAndGrad(Func<Tensor, Tensor> f) => ValueAndGrad<Tensor>(f);

    /// <summary>A function's value and its gradient by one of its arguments, from one evaluation.</summary>
    /// <inheritdoc cref="Grad(Func{Tensor, Tensor, Tensor}, int)"/>
    public static Func<Tensor, Tensor, (Tensor Value, Tensor Gradient)> ValueAndGrad(Func<Tensor, Tensor, Tensor> f, int argument = 0)
    {
        ArgumentNullException.ThrowIfNull(f);
        Check(argument, 2);
        return (a, b) => Derive(argument == 0 ? a : b, x => argument == 0 ? f(x, b) : f(a, x), "value and grad");
    }

    /// <summary>A function's value and its gradients by all tensors of its argument, from one evaluation.</summary>
    /// <inheritdoc cref="Grad{T}(Func{T, Tensor})"/>
    public static Func<T, (Tensor Value, T Gradient)> ValueAndGrad<T>(Func<T, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return x => Derive(x, f, "value and grad");
    }

    /// <summary>A function's value and its gradients by all tensors of its first argument, from one evaluation.</summary>
    /// <inheritdoc cref="Grad{T}(Func{T, Tensor})"/>
    public static Func<T, T1, (Tensor Value, T Gradient)> ValueAndGrad<T, T1>(Func<T, T1, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return (x, a) => Derive(x, at => f(at, a), "value and grad");
    }

    /// <inheritdoc cref="ValueAndGrad{T, T1}(Func{T, T1, Tensor})"/>
    public static Func<T, T1, T2, (Tensor Value, T Gradient)> ValueAndGrad<T, T1, T2>(Func<T, T1, T2, Tensor> f) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(f);
        return (x, a, b) => Derive(x, at => f(at, a, b), "value and grad");
    }

    static (Tensor Value, T Gradient) Derive<T>(T x, Func<T, Tensor> f, string operation)
    {
        bool record = GradMode.IsRecording;
        using NoGrad recording = NoGrad.Suspend();
        using Scope scope = Scope.Begin(operation);
        var at = new Differentiable(Structure.Flatten(x, operation), record, operation);
        Tensor y = f(Structure.Rebuild(x, at.Inputs, operation));
        if (y.Elements != 1) throw new ShapeException($"{operation}: the function must give a single value, but it gave the shape {y.Shape}. Hint: reduce it with Sum or Mean, or use Jacobian.");
        Tensor value = at.Value(y);
        Tensor[] gradients = at.Pull([y], [null], retainGraph: false);
        foreach (Tensor gradient in gradients) scope.Keep(gradient);
        return (scope.Keep(value), Structure.Rebuild(x, gradients, operation));
    }

    static void Check(int argument, int count)
    {
        if ((uint)argument >= (uint)count) throw new ArgumentOutOfRangeException(nameof(argument), $"grad: the argument must be from 0 to {count - 1}, but it is {argument}.");
    }
}
