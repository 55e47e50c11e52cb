"""What happens later or elsewhere: reviews, quizzes, outbox, scheduler, engine, index refresh."""
